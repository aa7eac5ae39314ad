using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Registry;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer.Introspection;

/// <summary>
/// <c>POST /as/introspect.oauth2</c> (RFC 7662). Only an application that stands for an API of the token's audience learns anything; for
/// everybody else, and for everything that is no token, the answer is the same: not active.
/// </summary>
public sealed class IntrospectionEndpoint(
    ClientRequests requests, PresentedTokens tokens, ApiCatalog apis, AccessCheck accessCheck, IntrospectionAnswer answer,
    OAuthFailureWriter failures)
{
    public async Task HandleAsync(HttpContext http)
    {
        if (await requests.AcceptAsync(http) is not { Application: var application, Form: var form }) return;
        var caller = application.Registered;
        if (caller.IsPublic) // RFC 7662 §2.1: whoever asks must have proved who it is.
        {
            await failures.WriteAsync(http, OAuthFailure.NoCredentials, caller.ClientId, caller);
            return;
        }
        if (form["token"] is not { } token)
        {
            await failures.WriteAsync(http, OAuthFailure.MissingToken, caller.ClientId, caller);
            return;
        }
        // token_type_hint is a hint (RFC 7662 §2.1): what the token is shows in the token.
        var (isKnown, claims) = await FindActiveAsync(caller, token, http.RequestAborted);
        if (isKnown && !await requests.ConsumeAsync(http, application)) return;
        if (isKnown) await answer.WriteAsync(http, caller, claims);
        else await failures.WriteAsync(http, OAuthFailure.StoreAway, caller.ClientId, caller);
    }

    /// <summary>The claims when the token opens an API that the caller stands for, by the same check that the gateway makes.</summary>
    private async ValueTask<(bool IsKnown, AccessTokenClaims? Claims)> FindActiveAsync(RegisteredApplication caller, string token, CancellationToken cancellation)
    {
        AccessTokenClaims? claims;
        try
        {
            claims = await tokens.ReadAsync(token, cancellation);
        }
        catch (TimeoutException)
        {
            return (false, null);
        }
        if (claims is null) return (true, null);
        var own = new List<RegisteredApi>();
        foreach (var api in apis.Current.All)
        {
            if (!api.ResourceServers.Contains(caller.ClientId) || !claims.Audience.Contains(api.Resource, StringComparer.Ordinal)) continue;
            var access = await accessCheck.CheckAsync(claims, api, scope: string.Empty);
            if (access.Failure == AccessFailure.StoreUnknown) return (false, null);
            if (access.Failure == AccessFailure.None) own.Add(api);
        }
        return (true, own.Count == 0 ? null : For(own, claims));
    }

    // Each API hears what is meant for it (RFC 7662 §4, RFC 9396 §9.2).
    private static AccessTokenClaims For(IReadOnlyList<RegisteredApi> own, AccessTokenClaims claims) => claims with
    {
        Audience = [.. claims.Audience.Where(audience => own.Any(api => api.Resource == audience))],
        Scope = claims.Scope.Intersect(ScopeSet.Of(own.SelectMany(api => api.Scopes))),
        Details = claims.Details.Where(detail => own.Any(api => api.DetailsTypes.ContainsKey(detail.Type))),
    };
}
