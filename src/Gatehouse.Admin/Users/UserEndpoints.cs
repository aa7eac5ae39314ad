using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Gatehouse.Admin.Access;
using Gatehouse.Admin.Answers;
using Gatehouse.Admin.Requests;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Admin.Users;

internal sealed record UserRequest
{
    [JsonPropertyName("email"), Description("What the person signs in with.")]
    public required string Email { get; init; }

    [JsonPropertyName("display_name"), Description("Up to 128 characters.")]
    public string? DisplayName { get; init; }

    [JsonPropertyName("role"), JsonConverter(typeof(SnakeCase<PortalRole>))]
    [Description("developer builds applications, support decides requests, operator runs the organization.")]
    public required PortalRole Role { get; init; }
}

internal record UserBody
{
    [JsonPropertyName("id")]
    public required Guid Id { get; init; }

    [JsonPropertyName("email")]
    public required string Email { get; init; }

    [JsonPropertyName("display_name")]
    public required string DisplayName { get; init; }

    [JsonPropertyName("role"), JsonConverter(typeof(SnakeCase<PortalRole>))]
    public required PortalRole Role { get; init; }
}

internal sealed record CreatedUserBody : UserBody
{
    [SetsRequiredMembers]
    internal CreatedUserBody(UserBody user, string initialPassword)
        : base(user) => InitialPassword = initialPassword;

    [JsonPropertyName("initial_password"), Description("Generated. It stands in this answer and in no later one.")]
    public required string InitialPassword { get; init; }

    /// <summary>It holds a password.</summary>
    public override string ToString() => Email;
}

internal sealed record UserPage
{
    [JsonPropertyName("users")]
    public required IReadOnlyList<UserBody> Users { get; init; }

    [JsonPropertyName("next_cursor"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Absent on the last page.")]
    public string? NextCursor { get; init; }
}

/// <summary>The people who sign in to the portal.</summary>
internal static class UserEndpoints
{
    public static void MapUsers(this RouteGroupBuilder group)
    {
        var users = group.MapGroup("/users").WithTags("Users");
        users.MapGet("/", ListAsync).WithName("listUsers")
            .WithSummary("List portal users").WithDescription("A page at a time, ordered by e-mail address.").Refuses(422);
        users.MapPost("/", CreateAsync).WithName("createUser").WithSummary("Create a portal user").Refuses(400, 409, 413, 415, 422)
            .WithDescription("With a generated first password, which stands in this answer and in no later one.");
    }

    private static async Task<Results<Ok<UserPage>, Refused>> ListAsync(Tenant tenant, [AsParameters] Page page, CancellationToken cancellation)
    {
        if (page.Read(1, out var after) is { } fault) return fault;
        var query = tenant.Users;
        if (after[0] is { } last) query = query.Where(row => string.Compare(row.NormalizedUserName, last) > 0);
        var rows = await query.OrderBy(row => row.NormalizedUserName).Take(page.Take + 1).ToListAsync(cancellation);
        var shown = rows.Take(page.Take).ToList();
        return TypedResults.Ok(new UserPage
        {
            Users = [.. shown.Select(ToBody)],
            NextCursor = rows.Count > shown.Count ? Page.Encode(shown[^1].NormalizedUserName!) : null,
        });
    }

    private static async Task<Results<Created<CreatedUserBody>, Refused>> CreateAsync(
        JsonBody<UserRequest> body, AdminCaller caller, UserOperations operations, CancellationToken cancellation)
    {
        var request = body.Value;
        var password = UserOperations.GeneratePassword();
        var outcome = await operations.CreateAsync(
            caller.OrganizationId, request.Email, request.DisplayName ?? string.Empty, request.Role, password, caller.Actor, cancellation);
        return outcome.Value is { } user
            ? TypedResults.Created($"{AdminOptions.BasePath}/users", new CreatedUserBody(ToBody(user), password))
            : Refused.Of(outcome);
    }

    private static UserBody ToBody(PortalUser row) =>
        new() { Id = row.Id, Email = row.Email ?? string.Empty, DisplayName = row.DisplayName, Role = row.Role };
}
