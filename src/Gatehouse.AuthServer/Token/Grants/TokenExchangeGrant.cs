using Gatehouse.AuthServer.ClientAuthentication;
using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Forms;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Registry;

namespace Gatehouse.AuthServer.Token.Grants;

/// <summary>
/// An access token for an access token (RFC 8693): an application that was called goes on in the caller's name, with less and never with
/// more. Scopes, audience and end are those of the presented token or narrower, and the token says who acts.
/// </summary>
public sealed class TokenExchangeGrant(PresentedTokens tokens, AccessCheck accessCheck, ApiCatalog apis) : IGrant
{
    public string GrantType => Protocol.Vocabulary.GrantType.TokenExchange;

    public async ValueTask<GrantDecision> DecideAsync(AuthenticatedApplication application, FormBody form, CancellationToken cancellation)
    {
        // 1. The form of the request (RFC 8693 §2.1).
        var registered = application.Registered;
        if (registered.IsPublic) return GrantDecision.Refuse(OAuthFailure.GrantNotAllowed(GrantType));
        if (form["subject_token"] is not { } subjectText) return GrantDecision.Refuse(OAuthFailure.MissingParameter("subject_token"));
        if (form["subject_token_type"] is not { } subjectType) return GrantDecision.Refuse(OAuthFailure.MissingParameter("subject_token_type"));
        if (subjectType != TokenTypes.AccessToken || form["requested_token_type"] is not (null or TokenTypes.AccessToken))
            return GrantDecision.Refuse(OAuthFailure.UnsupportedTokenType);
        if (form["actor_token"] is null != form["actor_token_type"] is null) return GrantDecision.Refuse(OAuthFailure.LonelyActorToken);

        // 2. Whose name it is, and whether this application may act in it.
        if (await ReadAsync(subjectText) is not var (subject, holder)) return GrantDecision.Refuse(OAuthFailure.WrongSubjectToken);
        if (!MayExchange(registered, subject)) return GrantDecision.Refuse(OAuthFailure.SubjectNotAllowed);

        // 3. Who acts: this application, or whom its actor token names.
        var actor = registered.ClientId;
        if (form["actor_token"] is { } actorText)
        {
            if (form["actor_token_type"] != TokenTypes.AccessToken) return GrantDecision.Refuse(OAuthFailure.UnsupportedTokenType);
            if (await ReadAsync(actorText) is not var (acting, _) || acting.ClientId != registered.ClientId) return GrantDecision.Refuse(OAuthFailure.WrongActorToken);
            actor = acting.Subject;
        }
        if (subject.Actor?.Depth >= ActorClaim.MaxDepth || subject.Origins.Count >= TokenOrigin.MaxNumber) return GrantDecision.Refuse(OAuthFailure.TooManyExchanges);

        // 4. Narrower in everything.
        IReadOnlyList<string> targets = [.. form.All("resource").Concat(form.All("audience")).Distinct(StringComparer.Ordinal)];
        if (registered.TokenExchangeAudiences.Count > 0)
        {
            if (targets.Except(registered.TokenExchangeAudiences, StringComparer.Ordinal).Any()) return GrantDecision.Refuse(OAuthFailure.UnknownResource);
            if (targets.Count == 0 && registered.TokenExchangeAudiences is [var only]) targets = [only];
            else if (targets.Count == 0) return GrantDecision.Refuse(OAuthFailure.MissingParameter("audience"));
        }
        var audience = await ContractedAudienceAsync(subject);
        if (audience.Count == 0) return GrantDecision.Refuse(OAuthFailure.SubjectWithoutContract);
        var isOwn = subject.ClientId == registered.ClientId;
        return GrantDecision.For(subject.Subject) with
        {
            Granted = subject.Scope.Except(ScopeSet.Of(IdentityScope.All)),
            RequestedScope = form["scope"],
            GrantedResources = audience,
            GrantedDetails = subject.Details,
            Targets = targets,
            GrantId = subject.GrantId,
            Confirmation = isOwn ? subject.Confirmation : null,
            // The key stays with the caller, so the new token is bound to one of this application: bound never becomes bearer.
            MustBeBound = subject.Confirmation is not null || holder.IsFapi || holder.DpopBoundAccessTokens || holder.CertificateBoundAccessTokens,
            Actor = isOwn && form["actor_token"] is null ? subject.Actor : new ActorClaim(actor, subject.Actor),
            Origins = [.. subject.Origins, new TokenOrigin(subject.TokenId, subject.ClientId, subject.IssuedAt)],
            ExpiresAt = subject.ExpiresAt,
        };
    }

    // TimeoutException: the store did not answer, and the endpoint says so rather than that the token is wrong.
    private async ValueTask<(AccessTokenClaims Claims, RegisteredApplication Holder)?> ReadAsync(string text)
    {
        if (await tokens.ReadAsync(text) is not { } claims) return null;
        var access = await accessCheck.CheckLifeAsync(claims);
        if (access.Failure == AccessFailure.StoreUnknown) throw new TimeoutException("The store did not answer.");
        return access.Failure == AccessFailure.None ? (claims, access.Application!) : null;
    }

    // What the subject's application, and those that it had it from, may not open any more is not passed on either.
    private async ValueTask<IReadOnlyList<string>> ContractedAudienceAsync(AccessTokenClaims subject)
    {
        var audience = new List<string>();
        foreach (var api in apis.Current.All.Where(api => subject.Audience.Contains(api.Resource, StringComparer.Ordinal)))
        {
            var access = await accessCheck.CheckAsync(subject, api, scope: string.Empty);
            if (access.Failure == AccessFailure.StoreUnknown) throw new TimeoutException("The store did not answer.");
            if (access.Failure == AccessFailure.None) audience.Add(api.Resource);
        }
        return audience;
    }

    // Its own; one that was meant for an API it stands for; one of an application that API Support named.
    private bool MayExchange(RegisteredApplication application, AccessTokenClaims subject) =>
        subject.ClientId == application.ClientId
        || application.TokenExchangeSubjects.Contains(subject.ClientId)
        || apis.Current.All.Any(api => api.ResourceServers.Contains(application.ClientId) && subject.Audience.Contains(api.Resource, StringComparer.Ordinal));
}
