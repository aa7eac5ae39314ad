using Gatehouse.Admin.Access;
using Gatehouse.Admin.Answers;
using Gatehouse.Admin.Requests;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Gatehouse.Admin.Registration;

/// <summary>Permissions to register applications. A token is in the clear in the answer that makes it and nowhere else.</summary>
internal static class InitialAccessTokenEndpoints
{
    public static void MapInitialAccessTokens(this RouteGroupBuilder group)
    {
        var tokens = group.MapGroup("/initial-access-tokens").WithTags("Registration");
        tokens.MapPost("/", MakeAsync).WithName("makeInitialAccessToken").WithSummary("Make an initial access token").Refuses(400, 409, 413, 415, 422)
            .WithDescription("Whoever has it may register applications at the authorization server (RFC 7591), where the settings allow it. "
                + "The token stands in this answer and in no later one.");
        tokens.MapDelete("/{id}", WithdrawAsync).WithName("withdrawInitialAccessToken").WithSummary("Withdraw an initial access token").Refuses(404)
            .WithDescription("Applications that were registered with it stay.");
    }

    private static async Task<Results<Created<InitialAccessTokenBody>, Refused>> MakeAsync(
        JsonBody<InitialAccessTokenRequest> body, Tenant tenant, AdminCaller caller, InitialAccessTokens tokens, CancellationToken cancellation)
    {
        var plans = new List<Guid>();
        foreach (var choice in body.Value.Apis)
        {
            var (_, plan, fault) = await tenant.FindPlanAsync(choice.Api, choice.Plan, "apis", cancellation);
            if (fault is not null) return fault;
            plans.Add(plan!.Id);
        }
        if (!ScopeSet.TryParse(body.Value.Scope ?? string.Empty, out var scope))
            return Refused.Invalid("scope", "Give scopes separated by single blanks (RFC 6749 §3.3).");
        var draft = new InitialAccessTokenDraft(body.Value.Label ?? string.Empty, plans, scope, body.Value.MaxUses ?? 1, body.Value.ExpiresAt);
        var outcome = await tokens.MakeAsync(caller.OrganizationId, draft, caller.Actor, cancellation);
        if (outcome.Value is not { Row: var row } made) return Refused.Of(outcome);
        return TypedResults.Created($"{AdminOptions.BasePath}/initial-access-tokens/{row.Id}", new InitialAccessTokenBody
        {
            Id = row.Id, Label = row.Label, Scope = row.Scope, UsesLeft = row.UsesLeft, ExpiresAt = row.ExpiresAt, Token = made.Token,
        });
    }

    private static async Task<Results<NoContent, Refused>> WithdrawAsync(
        string id, AdminCaller caller, InitialAccessTokens tokens, CancellationToken cancellation)
    {
        if (!Guid.TryParse(id, out var tokenId)) return Refused.NotFound("initial access token");
        var outcome = await tokens.WithdrawAsync(caller.OrganizationId, tokenId, caller.Actor, cancellation);
        return outcome.Succeeded ? TypedResults.NoContent() : Refused.Of(outcome);
    }
}
