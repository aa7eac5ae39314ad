using Gatehouse.Gateway.Answers;
using Gatehouse.Gateway.Forwarding;
using Gatehouse.Gateway.Metadata;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Tokens;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Bearer;
using Gatehouse.Protocol.Dpop;
using Gatehouse.Protocol.Jose;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Gateway;

/// <summary>An API call, from the TLS connection to the upstream. No token, no call.</summary>
public sealed class GatewayHandler(
    RouteTable routes, TokenFacts facts, ProofCheck proofs, AccessCheck accessCheck, Upstreams upstreams, RefusalWriter refusals, ResourceMetadata metadata,
    GatewayOptions options)
{
    public async Task HandleAsync(HttpContext http)
    {
        // 1. Route: API and operation; or the question whether a page may call it.
        if (CrossOrigin.TryAnswerPreflight(http, routes)) return;
        CrossOrigin.AllowReading(http);
        var match = routes.Match(http.Request.Method, http.Request.Path.Value ?? string.Empty);
        if (match.Route is not { } route)
        {
            if (!await metadata.TryAnswerAsync(http)) await RefuseRouteAsync(http, match);
            return;
        }

        // 2. Token facts. 3. Application, revocation, audience, contract, scope: against the live registry, on every call.
        var decision = await DecideAsync(http, route);
        if (decision.Failure is not null)
        {
            if (decision.Proof is { } unused) proofs.OfferNonce(http, unused);
            await refusals.WriteAsync(http, decision.Failure, route, decision.Application);
            return;
        }

        // 4. The body: its limit, before anything of it is read, and no token in it. When it had to be waited for, all is decided anew, from the
        //    route on: what was true before may be untrue by now.
        var looking = CheckBodyAsync(http);
        var hasWaited = !looking.IsCompleted;
        var failure = await looking;
        if (failure is null && hasWaited)
        {
            match = routes.Match(http.Request.Method, http.Request.Path.Value ?? string.Empty);
            if (match.Route is not { } current)
            {
                await RefuseRouteAsync(http, match);
                return;
            }
            route = current;
            decision = await DecideAsync(http, route);
            failure = decision.Failure;
        }

        // 5. The one use of a proof, when nothing else can refuse the call.
        if (failure is null && decision.Proof is { } proof) failure = proofs.Claim(proof);
        if (decision.Proof is { } shown) proofs.OfferNonce(http, shown);
        if (failure is not null)
        {
            await refusals.WriteAsync(http, failure, route, decision.Application);
            return;
        }

        // 6. Identity headers, forward.
        var claims = decision.Claims!;
        var caller = new CallerIdentity(decision.Application!, claims.Subject, ScopeFor(route.Api, claims.Scope), DetailsFor(route.Api, claims.Details));
        var (headers, authorization, host) = (http.Request.Headers, http.Request.Headers.Authorization, http.Request.Headers.Host);
        var forwarded = await upstreams.ForwardAsync(http, route, caller);
        // They were withheld. The server keeps for the connection's next request the texts that it finds here, and makes no new ones while they are the
        // same: a fifth of what a call allocates.
        (headers.Authorization, headers.Host) = (authorization, host);
        if (Upstreams.FailureOf(forwarded) is { } failed) await refusals.WriteAsync(http, failed, route, decision.Application);
    }

    // Out of one header, by memory or by verification; with the proof of the key that the token is bound to, if it is.
    private async ValueTask<Decision> DecideAsync(HttpContext http, Route route)
    {
        var used = await ReadTokenAsync(http);
        if (used.Unusable is not null) return new Decision(used.Unusable);
        var access = await accessCheck.CheckAsync(used.Claims!, route.Api, route.Operation.Scope);
        var failure = access.Failure != AccessFailure.None ? GatewayFailure.From(access.Failure)
            : access.Application!.IsFapi && used.Proof is { } proof && !SigningAlgorithms.Fapi.Contains(proof.Algorithm) ? GatewayFailure.ProofOfWeakAlgorithm // FAPI 2.0 §5.4.1.
            : null;
        return new Decision(failure, access.Application, used.Claims, used.Proof);
    }

    private async ValueTask<GatewayFailure?> CheckBodyAsync(HttpContext http)
    {
        if (http.Request.ContentLength > options.Limits.MaxRequestBody) return GatewayFailure.BodyTooLarge;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit) limit.MaxRequestBodySize = options.Limits.MaxRequestBody;
        return await PresentedToken.IsInBodyAsync(http.Request) ? GatewayFailure.TokenInBody : null;
    }

    private ValueTask<UsedToken> ReadTokenAsync(HttpContext http)
    {
        if (PresentedToken.Read(http.Request, out var authorization) is { } refusal) return new(new UsedToken(refusal));
        if (!BearerToken.TryParse(authorization, out var token)) return new(new UsedToken(GatewayFailure.From(AccessTokenFailure.Malformed)));
        if (ReferenceTokens.LooksLikeOne(token)) return ResolveAsync(http, authorization, token.ToString());
        var failure = facts.Find(token, out var claims);
        return new(failure == AccessTokenFailure.None ? Prove(http, authorization, claims!) : new UsedToken(GatewayFailure.From(failure)));
    }

    private async ValueTask<UsedToken> ResolveAsync(HttpContext http, string authorization, string token)
    {
        var found = await facts.ResolveAsync(token, http.RequestAborted);
        if (!found.IsKnown) return new UsedToken(GatewayFailure.StoreAway);
        return found.Value is { } claims ? Prove(http, authorization, claims) : new UsedToken(GatewayFailure.UnknownReference);
    }

    private UsedToken Prove(HttpContext http, string authorization, AccessTokenClaims claims) =>
        new(proofs.Check(http, authorization, claims, out var proof), claims, proof);

    // RFC 9700 §2.3: what a token opens elsewhere is no concern of this API.
    private static string ScopeFor(RegisteredApi api, ScopeSet scope) => (scope.IsSubsetOf(api.Scopes) ? scope : scope.Intersect(api.Scopes)).ToString();

    // RFC 9396 §9: an API hears what is meant for it.
    private static string DetailsFor(RegisteredApi api, AuthorizationDetails details) =>
        details.Count == 0 ? string.Empty : details.Where(detail => api.DetailsTypes.ContainsKey(detail.Type)).Text;

    private Task RefuseRouteAsync(HttpContext http, RouteMatch match)
    {
        if (match.OtherMethods.Count == 0) return refusals.WriteAsync(http, GatewayFailure.UnknownRoute);
        http.Response.OnStarting(() =>
        {
            http.Response.Headers.Allow = string.Join(", ", match.OtherMethods);
            return Task.CompletedTask;
        });
        return refusals.WriteAsync(http, GatewayFailure.WrongMethod);
    }

    /// <summary>What a call's token says, or why it cannot be used; and the DPoP proof that came with it.</summary>
    private readonly record struct UsedToken(GatewayFailure? Unusable, AccessTokenClaims? Claims = null, DpopProof? Proof = null);

    /// <summary>Whether the call may be made, and by whom.</summary>
    private readonly record struct Decision(
        GatewayFailure? Failure, RegisteredApplication? Application = null, AccessTokenClaims? Claims = null, DpopProof? Proof = null);
}
