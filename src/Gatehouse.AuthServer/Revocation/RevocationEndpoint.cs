using Gatehouse.AuthServer.ClientAuthentication;
using Gatehouse.AuthServer.Requests;
using Gatehouse.Store.Database;
using Gatehouse.Store.Grants;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer.Revocation;

/// <summary>
/// <c>POST /as/revoke_token.oauth2</c> (RFC 7009): an application gives back a token of its own. What is no token, or none any more, needs no
/// revocation and is answered like one that was revoked (RFC 7009 §2.2).
/// </summary>
public sealed class RevocationEndpoint(
    ClientRequests requests, PresentedTokens tokens, TokenRevocation revocation, RefreshTokenRegister refreshTokens, GrantRegister grants,
    OAuthFailureWriter failures)
{
    public async Task HandleAsync(HttpContext http)
    {
        if (await requests.AcceptAsync(http) is not { Application: var application, Form: var form }) return;
        var caller = application.Registered;
        var refusal = form["token"] is not { } token ? OAuthFailure.MissingToken
            : RefreshTokenRegister.LooksLikeOne(token) ? await RevokeGrantAsync(http, application, token)
            : await RevokeAccessTokenAsync(http, application, token);
        if (http.Response.HasStarted) return; // Refused where its one use was taken.
        if (refusal is not null)
        {
            await failures.WriteAsync(http, refusal, caller.ClientId, caller);
            return;
        }
        http.Response.Headers.CacheControl = "no-store";
        http.Response.ContentLength = 0;
    }

    private Task<OAuthFailure?> RevokeAccessTokenAsync(HttpContext http, AuthenticatedApplication application, string token) => TryAsync(async () =>
    {
        var claims = await tokens.ReadAsync(token, http.RequestAborted);
        var caller = application.Registered;
        if (claims is not null && claims.ClientId != caller.ClientId) return OAuthFailure.ForeignToken;
        if (!await requests.ConsumeAsync(http, application) || claims is null) return null;
        var until = DateTimeOffset.FromUnixTimeSeconds(claims.ExpiresAt);
        var outcome = await revocation.RevokeAsync(caller.OrganizationId, claims.TokenId, until, Actor.Client(caller.ClientId));
        return outcome.Succeeded ? null : OAuthFailure.StoreAway; // Others were quicker ten times: the client may try again.
    });

    // RFC 7009 §2.1: with a refresh token everything of its grant ends.
    private Task<OAuthFailure?> RevokeGrantAsync(HttpContext http, AuthenticatedApplication application, string token) => TryAsync(async () =>
    {
        var found = await refreshTokens.FindAsync(token, http.RequestAborted);
        if (found is not null && found.Grant!.ApplicationId != application.Registered.Id) return OAuthFailure.ForeignToken;
        if (await requests.ConsumeAsync(http, application) && found is not null) await grants.EndAsync(found.GrantId);
        return null;
    });

    private static async Task<OAuthFailure?> TryAsync(Func<Task<OAuthFailure?>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception exception) when (StoreFault.IsAway(exception))
        {
            return OAuthFailure.StoreAway;
        }
    }
}
