using System.Collections.Frozen;
using Gatehouse.AuthServer.ClientAuthentication;
using Gatehouse.AuthServer.Issuing;
using Gatehouse.AuthServer.Requests;
using Gatehouse.AuthServer.SenderConstraint;
using Gatehouse.AuthServer.Token.Grants;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Dpop;
using Gatehouse.Protocol.Forms;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Recording;
using Gatehouse.Store.Registry;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer.Token;

/// <summary><c>POST /as/token.oauth2</c> (RFC 6749 §3.2). All that can say no comes before anything is used up or minted.</summary>
public sealed class TokenEndpoint(
    ClientRequests requests, IEnumerable<IGrant> grants, SenderConstraints constraints, DpopProofs proofs, ApiCatalog apis, TokenIssuer issuer,
    IdTokenIssuer idTokens, OAuthFailureWriter failures, RegistrationUse registrationUse)
{
    private readonly FrozenDictionary<string, IGrant> _grants = grants.ToFrozenDictionary(grant => grant.GrantType, StringComparer.Ordinal);

    public async Task HandleAsync(HttpContext http)
    {
        // 1. Parse once: bounded, strict, every parameter at most once. 2. Client authentication.
        if (await requests.AcceptAsync(http) is not { Application: var application, Form: var form }) return;
        try
        {
            var issuedAt = issuer.DateOf(application.Registered); // Before anything is looked at.
            // 3. The grant is offered and allowed for this application, and decides whom the token speaks for.
            // 4. The scope policy says what it may obtain. 5. Sender constraint: the key that the request proves, or none.
            var decision = await DecideAsync(application, form, http.RequestAborted);
            var failure = decision.Failure;
            GrantedAccess? access = null;
            var resources = decision.Targets ?? form.All("resource");
            if (resources.Count > 1) failure ??= OAuthFailure.SeveralResources;
            var details = AuthorizationDetails.None;
            failure ??= DetailsPolicy.Apply(new DetailsRequest(form[AuthorizationDetails.Name], resources, decision.GrantedDetails), application.Registered, apis.Current, out details);
            failure ??= ScopePolicy.Apply(decision.Ask(resources) with { Details = details }, application.Registered, apis.Current, out access);
            DpopProof? proof = null;
            Confirmation? proved = null;
            failure ??= constraints.Read(http, application.Registered, decision.Confirmation, out proof, out proved);
            if (decision.MustBeBound && proved is null) failure ??= OAuthFailure.ExchangeUnbound;

            // 6. Consume: what may be used once is used now.
            if (failure is null && !await requests.ConsumeAsync(http, application)) return;
            if (failure is null) failure = await proofs.ConsumeAsync(http, proof);
            var binding = SenderConstraints.BindingOf(application.Registered, proved);
            var redemption = failure is null && decision.Redeem is { } redeem ? await redeem(binding, http.RequestAborted) : null;
            failure ??= redemption?.Failure;
            if (failure is not null)
            {
                await failures.WriteAsync(http, failure, application.Registered.ClientId, application.Registered);
                return;
            }

            // 7. Issue. 8. Write.
            // A token that an API was named for does not open what is known of the user besides.
            var scope = resources.Count > 0 ? access!.Scope.Except(ScopeSet.Of(IdentityScope.All)) : access!.Scope;
            var content = new TokenContent(application.Registered, decision.Subject!, scope, access.Audience, LifetimeOf(decision, access, issuedAt))
            {
                IssuedAt = issuedAt, GrantId = decision.GrantId, Confirmation = proved, Actor = decision.Actor, Origins = decision.Origins ?? [], Details = details,
            };
            // RFC 6749 §5.1: when it is not what was asked for.
            var isScopeStated = decision.Granted is not null || decision.RequestedScope is null || resources.Count > 0;
            var token = await issuer.IssueAsync(content, http.RequestAborted);
            var idToken = decision.Authentication is { } authentication && access.Scope.Contains(IdentityScope.OpenId)
                ? await idTokens.MintAsync(content, authentication, token, http.RequestAborted) : null;
            if (application.Registered.IsUnused) registrationUse.Record(application.Registered.Id);
            await TokenAnswer.WriteAsync(http.Response, content, isScopeStated, new IssuedTokens(token, redemption?.RefreshToken, idToken)
            {
                IsTypeStated = form["grant_type"] == GrantType.TokenExchange,
            });
        }
        catch (Exception exception) when (StoreFault.IsAway(exception) && !http.Response.HasStarted)
        {
            await failures.WriteAsync(http, OAuthFailure.StoreAway, application.Registered.ClientId, application.Registered);
        }
    }

    private static int LifetimeOf(GrantDecision decision, GrantedAccess access, long issuedAt) => decision.ExpiresAt is { } end
        ? (int)Math.Clamp(end - issuedAt, 1, access.LifetimeSeconds) : access.LifetimeSeconds;

    private ValueTask<GrantDecision> DecideAsync(AuthenticatedApplication application, FormBody form, CancellationToken cancellation)
    {
        if (form["grant_type"] is not { } grantType) return new(GrantDecision.Refuse(OAuthFailure.MissingGrantType));
        if (!_grants.TryGetValue(grantType, out var grant)) return new(GrantDecision.Refuse(OAuthFailure.UnsupportedGrantType(grantType)));
        return application.Registered.GrantTypes.Contains(grantType)
            ? grant.DecideAsync(application, form, cancellation)
            : new(GrantDecision.Refuse(OAuthFailure.GrantNotAllowed(grantType)));
    }
}
