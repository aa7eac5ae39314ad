using Gatehouse.AuthServer.ClientAuthentication;
using Gatehouse.AuthServer.Issuing;
using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Forms;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;

namespace Gatehouse.AuthServer.Token.Grants;

/// <summary>
/// What differs per grant type: whom the token speaks for, and how what was presented is used up. A new grant is one class of this kind in a
/// file of its own and one registration line; authentication, scope policy and issuing are the endpoint's, so that no grant can forget them.
/// </summary>
public interface IGrant
{
    /// <summary>The value of <c>grant_type</c>.</summary>
    string GrantType { get; }

    /// <summary>Decides about a request of an application that may use this grant. Uses nothing up.</summary>
    ValueTask<GrantDecision> DecideAsync(AuthenticatedApplication application, FormBody form, CancellationToken cancellation);
}

/// <summary>The subject, or the failure.</summary>
public readonly record struct GrantDecision
{
    public OAuthFailure? Failure { get; private init; }

    /// <summary>Whom the token speaks for.</summary>
    public string? Subject { get; private init; }

    /// <summary>What was granted before; null when the contracts alone decide.</summary>
    public ScopeSet? Granted { get; init; }

    /// <summary>What the scope parameter may ask of that; null: the parameter has no meaning in this grant.</summary>
    public string? RequestedScope { get; init; }

    /// <summary>The resources that were granted before; empty: every one.</summary>
    public IReadOnlyList<string>? GrantedResources { get; init; }

    /// <summary>The authorization details that were granted before; null when the contracts alone decide.</summary>
    public AuthorizationDetails? GrantedDetails { get; init; }

    /// <summary>How the user signed in, when this request may be told so by an ID token.</summary>
    public UserAuthentication? Authentication { get; init; }

    /// <summary>The grant that the tokens descend from.</summary>
    public string? GrantId { get; init; }

    /// <summary>The key that what was presented is bound to, which the request must prove; null when it is bound to none.</summary>
    public Confirmation? Confirmation { get; init; }

    /// <summary>Whether the new token must be bound to a key of the application, whichever that is.</summary>
    public bool MustBeBound { get; init; }

    /// <summary>The APIs that the token is asked for, when the grant has more ways to name them than <c>resource</c>.</summary>
    public IReadOnlyList<string>? Targets { get; init; }

    /// <summary>Who acts for the subject (RFC 8693 §4.1).</summary>
    public ActorClaim? Actor { get; init; }

    /// <summary>The tokens that are exchanged for it, the first one first; null: it descends from none.</summary>
    public IReadOnlyList<TokenOrigin>? Origins { get; init; }

    /// <summary>The second in which the token expires at the latest.</summary>
    public long? ExpiresAt { get; init; }

    /// <summary>
    /// Uses up what was presented, after all that can say no, and binds the refresh tokens that come of it; null when there is nothing to use up.
    /// </summary>
    public Func<Confirmation?, CancellationToken, Task<Redemption>>? Redeem { get; init; }

    /// <summary>What is asked of the scope policy.</summary>
    internal AccessRequest Ask(IReadOnlyList<string> resources) => new(RequestedScope, resources)
    {
        IsForUser = Granted is not null, Granted = Granted, GrantedResources = GrantedResources ?? [], IsForToken = Origins is not null,
    };

    public static GrantDecision For(string subject) => new() { Subject = subject };

    public static GrantDecision Refuse(OAuthFailure failure) => new() { Failure = failure };
}

/// <summary>What came of using something up.</summary>
/// <param name="Failure">Somebody else was quicker.</param>
/// <param name="RefreshToken">A refresh token to hand out.</param>
public sealed record Redemption(OAuthFailure? Failure, string? RefreshToken = null);
