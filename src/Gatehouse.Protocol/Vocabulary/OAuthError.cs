namespace Gatehouse.Protocol.Vocabulary;

/// <summary>An error answer of the token endpoint: what the wire may say (RFC 6749 §5.2).</summary>
/// <param name="Code">The value of <c>error</c>.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Description">The value of <c>error_description</c>: plain ASCII that reveals nothing about an application.</param>
public sealed record OAuthError(string Code, int Status, string Description)
{
    public static OAuthError InvalidRequest(string description) => new("invalid_request", 400, description);

    /// <summary>RFC 9449 §5.</summary>
    public static OAuthError InvalidDpopProof(string description) => new("invalid_dpop_proof", 400, description);

    /// <summary>One text for an unknown client and for a wrong secret: the wire must not tell them apart.</summary>
    public static OAuthError InvalidClient { get; } = new("invalid_client", 401, "Client authentication failed.");

    public static OAuthError TooManyFailures { get; } =
        new("invalid_client", 429, "Too many failed client authentications. Wait for the seconds that Retry-After states.");

    /// <summary>RFC 6585 §4. No RFC names a code for it; a client that knows none of ours goes by the status and Retry-After.</summary>
    public static OAuthError TooManyRequests { get; } =
        new("temporarily_unavailable", 429, "Too many requests from this address. Wait for the seconds that Retry-After states.");

    public static OAuthError UnauthorizedClient { get; } =
        new("unauthorized_client", 400, "The application is not allowed to use this grant_type. API Support can allow it.");

    public static OAuthError UnsupportedGrantType { get; } =
        new("unsupported_grant_type", 400, $"This grant_type is not supported. Supported: {string.Join(", ", GrantType.All)}.");

    public static OAuthError InvalidGrant { get; } =
        new("invalid_grant", 400, "The code or token is unknown, expired, used before, revoked, or not meant for this request.");

    /// <summary>RFC 9449 §8.</summary>
    public static OAuthError UseDpopNonce { get; } = new("use_dpop_nonce", 400, "Repeat the request with the nonce of the DPoP-Nonce header in the proof.");

    public static OAuthError InvalidScope { get; } =
        new("invalid_scope", 400, "A requested scope is unknown, malformed or not part of an approved contract.");

    /// <summary>RFC 8628 §3.5: one of the codes that say why a device has no token yet, or never will.</summary>
    public static OAuthError Device(string code, string description) => new(code, 400, description);

    /// <summary>RFC 8707 §2.</summary>
    public static OAuthError InvalidTarget(string description) => new("invalid_target", 400, description);

    /// <summary>RFC 9396 §5.</summary>
    public static OAuthError InvalidAuthorizationDetails(string description) => new("invalid_authorization_details", 400, description);

    public static OAuthError TemporarilyUnavailable { get; } =
        new("temporarily_unavailable", 503, "The server cannot decide at the moment. Try again later.");

    public static OAuthError Overloaded { get; } = TemporarilyUnavailable with
    {
        Description = "The server has more requests than it can answer. Wait for the seconds that Retry-After states.",
    };
}
