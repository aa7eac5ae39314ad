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
        if (await ReadAsync(subjectText) is not { } subject) return GrantDecision.Refuse(OAuthFailure.WrongSubjectToken);
        if (!MayExchange(registered, subject)) return GrantDecision.Refuse(OAuthFailure.SubjectNotAllowed);

        // 3. Who acts: this application, or whom its actor token names.
        var actor = registered.ClientId;
        if (form["actor_token"] is { } actorText)
        {
            if (form["actor_token_type"] != TokenTypes.AccessToken) return GrantDecision.Refuse(OAuthFailure.UnsupportedTokenType);
            if (await ReadAsync(actorText) is not { } acting || acting.ClientId != registered.ClientId) return GrantDecision.Refuse(OAuthFailure.WrongActorToken);
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
        var isOwn = subject.ClientId == registered.ClientId;
        return GrantDecision.For(subject.Subject) with
        {
            Granted = subject.Scope.Except(ScopeSet.Of(IdentityScope.All)),
            RequestedScope = form["scope"],
            GrantedResources = subject.Audience,
            GrantedDetails = subject.Details,
            Targets = targets,
            GrantId = subject.GrantId,
            Confirmation = isOwn ? subject.Confirmation : null,
            Actor = isOwn && form["actor_token"] is null ? subject.Actor : new ActorClaim(actor, subject.Actor),
            Origins = [.. subject.Origins, new TokenOrigin(subject.TokenId, subject.ClientId)],
            ExpiresAt = subject.ExpiresAt,
        };
    }

    private async ValueTask<AccessTokenClaims?> ReadAsync(string text) =>
        await tokens.ReadAsync(text) is { } claims && (await accessCheck.CheckLifeAsync(claims)).Failure == AccessFailure.None ? claims : null;

    // Its own; one that was meant for an API it stands for; one of an application that API Support named.
    private bool MayExchange(RegisteredApplication application, AccessTokenClaims subject) =>
        subject.ClientId == application.ClientId
        || application.TokenExchangeSubjects.Contains(subject.ClientId)
        || apis.Current.All.Any(api => api.ResourceServers.Contains(application.ClientId) && subject.Audience.Contains(api.Resource, StringComparer.Ordinal));
}
