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

namespace Gatehouse.Admin.Secrets;

/// <summary>The client secrets of one application. A secret is in the clear in the answer that creates it and nowhere else.</summary>
internal static class SecretEndpoints
{
    public static void MapSecrets(this RouteGroupBuilder group)
    {
        var secrets = group.MapGroup("/applications/{client_id}/secrets").WithTags("Secrets");
        secrets.MapGet("/", ListAsync).WithName("listSecrets").WithSummary("List an application's secrets").Refuses(404)
            .WithDescription("Newest first: labels, times and states, never the secrets themselves.");
        secrets.MapPost("/", AddAsync).WithName("addSecret").WithSummary("Add a secret").Refuses(400, 404, 409, 413, 415, 422)
            .WithDescription($"Up to {SecretOperations.MaxUsable} can be valid at once: the one in use and its successor. "
                + "The secret stands in this answer and in no later one.");
        secrets.MapDelete("/{secret_id}", RetireAsync).WithName("retireSecret").WithSummary("Retire a secret").Refuses(404)
            .WithDescription("It obtains no token from now on. Tokens that it obtained before live on until they expire or are revoked.");
    }

    private static async Task<Results<Ok<SecretList>, Refused>> ListAsync(
        string client_id, Tenant tenant, TimeProvider clock, CancellationToken cancellation)
    {
        var application = await tenant.Applications.Include(row => row.Secrets).SingleOrDefaultAsync(row => row.ClientId == client_id, cancellation);
        if (application is null) return Refused.NotFound("application");
        var now = clock.GetUtcNow();
        return TypedResults.Ok(new SecretList
        {
            Secrets = [.. application.Secrets.OrderByDescending(row => row.CreatedAt).Select(row => ToBody(row, now))],
        });
    }

    private static async Task<Results<Created<AddedSecretBody>, Refused>> AddAsync(
        string client_id, JsonBody<SecretRequest> body, Tenant tenant, AdminCaller caller, SecretOperations operations, TimeProvider clock,
        CancellationToken cancellation)
    {
        if (await tenant.FindApplicationAsync(client_id, cancellation) is not { } id) return Refused.NotFound("application");
        var outcome = await operations.AddAsync(id, body.Value.Label ?? string.Empty, body.Value.ExpiresAt, caller.Actor, cancellation);
        return outcome.Value is { } added
            ? TypedResults.Created($"{AdminOptions.BasePath}/applications/{client_id}/secrets/{added.Row.Id}",
                new AddedSecretBody(ToBody(added.Row, clock.GetUtcNow()), added.Secret.Reveal()))
            : Refused.Of(outcome);
    }

    private static async Task<Results<NoContent, Refused>> RetireAsync(
        string client_id, string secret_id, Tenant tenant, AdminCaller caller, SecretOperations operations, CancellationToken cancellation)
    {
        if (await tenant.FindApplicationAsync(client_id, cancellation) is not { } id) return Refused.NotFound("application");
        if (!Guid.TryParse(secret_id, out var secretId)) return Refused.NotFound("secret");
        var outcome = await operations.RetireAsync(id, secretId, caller.Actor, cancellation);
        return outcome.Succeeded ? TypedResults.NoContent() : Refused.Of(outcome);
    }

    private static SecretBody ToBody(ApplicationSecret row, DateTimeOffset now) => new()
    {
        Id = row.Id, Label = row.Label, CreatedAt = row.CreatedAt, ExpiresAt = row.ExpiresAt, RetiredAt = row.RetiredAt, LastUsedAt = row.LastUsedAt,
        State = row.RetiredAt is not null ? SecretState.Retired : row.IsUsable(now) ? SecretState.Valid : SecretState.Expired,
    };
}
