using System.ComponentModel;
using System.Text.Json.Serialization;
using Gatehouse.Admin.Access;
using Gatehouse.Admin.Answers;
using Gatehouse.Admin.Requests;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Admin.Organization;

internal sealed record OrganizationRequest
{
    [JsonPropertyName("show_secrets_once"), Description("True: a secret is shown once, when it is made, and no copy is kept.")]
    public required bool ShowSecretsOnce { get; init; }
}

internal sealed record OrganizationBody
{
    [JsonPropertyName("slug")]
    public required string Slug { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("show_secrets_once")]
    public required bool ShowSecretsOnce { get; init; }
}

/// <summary>The caller's organization and what holds for all of it.</summary>
internal static class OrganizationEndpoints
{
    public static void MapOrganization(this RouteGroupBuilder group)
    {
        group.MapGet("/organization", ReadAsync).WithTags("Organization").WithName("readOrganization").WithSummary("Read the organization")
            .WithDescription("The organization that the calling application belongs to.").Refuses(404);
        group.MapPatch("/organization", ChangeAsync).WithTags("Organization").WithName("changeOrganization")
            .WithSummary("Switch show-once on or off")
            .WithDescription("Switching it on erases every encrypted copy of a secret at once. Switching it off brings none back.")
            .Refuses(400, 404, 409, 413, 415, 422);
    }

    private static async Task<Results<Ok<OrganizationBody>, Refused>> ReadAsync(Tenant tenant, CancellationToken cancellation) =>
        await tenant.Organizations.SingleOrDefaultAsync(cancellation) is { } row ? TypedResults.Ok(ToBody(row)) : Refused.NotFound("organization");

    private static async Task<Results<Ok<OrganizationBody>, Refused>> ChangeAsync(
        JsonBody<OrganizationRequest> body, AdminCaller caller, OrganizationOperations operations, CancellationToken cancellation)
    {
        var outcome = await operations.ShowSecretsOnceAsync(caller.OrganizationId, body.Value.ShowSecretsOnce, caller.Actor, cancellation);
        return outcome.Value is { } row ? TypedResults.Ok(ToBody(row)) : Refused.Of(outcome);
    }

    private static OrganizationBody ToBody(Store.Model.Organization row) =>
        new() { Slug = row.Slug, Name = row.Name, ShowSecretsOnce = row.ShowSecretsOnce };
}
