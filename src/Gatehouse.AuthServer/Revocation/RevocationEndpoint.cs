using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Store.Database;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Registry;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer.Revocation;

/// <summary>
/// <c>POST /as/revoke_token.oauth2</c> (RFC 7009): an application gives back a token of its own. What is no token, or none any more, needs no
/// revocation and is answered like one that was revoked (RFC 7009 §2.2).
/// </summary>
public sealed class RevocationEndpoint(ClientRequests requests, PresentedTokens tokens, TokenRevocation revocation, OAuthFailureWriter failures)
{
    public async Task HandleAsync(HttpContext http)
    {
        if (await requests.AcceptAsync(http) is not { Application: var application, Form: var form }) return;
        var caller = application.Registered;
        var claims = form["token"] is { } token ? tokens.Read(token) : null;
        var refusal = form["token"] is null ? OAuthFailure.MissingToken
            : claims is not null && claims.ClientId != caller.ClientId ? OAuthFailure.ForeignToken : null;
        if (refusal is null && !await requests.ConsumeAsync(http, application)) return;
        if (refusal is null && claims is not null) refusal = await RevokeAsync(caller, claims);
        if (refusal is not null)
        {
            await failures.WriteAsync(http, refusal, caller.ClientId, caller);
            return;
        }
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentLength = 0;
    }

    private async Task<OAuthFailure?> RevokeAsync(RegisteredApplication caller, AccessTokenClaims claims)
    {
        try
        {
            var until = DateTimeOffset.FromUnixTimeSeconds(claims.ExpiresAt);
            var outcome = await revocation.RevokeAsync(caller.OrganizationId, claims.TokenId, until, Actor.Client(caller.ClientId));
            return outcome.Succeeded ? null : OAuthFailure.StoreAway; // Others were quicker ten times: the client may try again.
        }
        catch (Exception exception) when (StoreFault.IsAway(exception))
        {
            return OAuthFailure.StoreAway;
        }
    }
}
