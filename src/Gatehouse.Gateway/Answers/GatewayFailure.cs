using Gatehouse.Gateway.Tokens;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Dpop;
using Gatehouse.Protocol.Jose;
using Gatehouse.Store.Registry;

namespace Gatehouse.Gateway.Answers;

/// <summary>Which challenge an answer carries (RFC 6750 §3.1).</summary>
public enum Challenge
{
    None,
    Missing,
    InvalidRequest,
    InvalidToken,
    InsufficientScope,

    /// <summary>The token is bound to a key and came without its proof (RFC 9449 §7.2).</summary>
    DpopToken,
    DpopProof,
    DpopNonce,
}

/// <summary>The closed set of reasons for which the gateway refuses a call.</summary>
/// <param name="Code">The name in logs, metrics and <em>Recent problems</em>.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">What the caller reads.</param>
/// <param name="Detail">What the caller may know of the cause.</param>
/// <param name="Challenge">The kind of <c>WWW-Authenticate</c>.</param>
public sealed record GatewayFailure(string Code, int Status, string Title, string Detail, Challenge Challenge)
{
    /// <summary>After how many seconds it is worth trying again, where that may help.</summary>
    public int RetryAfterSeconds { get; private init; } = 2;

    public static GatewayFailure UnknownRoute { get; } = new("unknown_route", 404, "No such API call", "No published API has this path.", Challenge.None);

    public static GatewayFailure WrongMethod { get; } = new("wrong_method", 405, "Method not allowed", "The path exists, but not with this method.", Challenge.None);

    public static GatewayFailure MissingToken { get; } = new("missing_token", 401, "An access token is required",
        "Send the header Authorization: Bearer ACCESS_TOKEN.", Challenge.Missing);

    public static GatewayFailure TokenInQuery { get; } = new("token_in_query", 400, "Access token in the wrong place",
        "An access token in the query string ends up in logs. Send it in the Authorization header, and obtain a new one.", Challenge.InvalidRequest);

    public static GatewayFailure TokenInBody { get; } = new("token_in_body", 400, "Access token in the wrong place",
        "Send the access token in the Authorization header, not in the body.", Challenge.InvalidRequest);

    public static GatewayFailure TwoTokens { get; } = new("two_tokens", 400, "More than one Authorization header",
        "Send exactly one Authorization header.", Challenge.InvalidRequest);

    public static GatewayFailure NotBearer { get; } = new("not_bearer", 401, "An access token is required",
        "The Authorization header must have the scheme Bearer.", Challenge.Missing);

    public static GatewayFailure BodyTooLarge { get; } = new("body_too_large", 413, "Body too large", "The request body is larger than this gateway forwards.", Challenge.None);

    public static GatewayFailure StoreAway { get; } = new("store_away", 503, "Temporarily unavailable",
        "The gateway cannot decide at the moment. Try again after the seconds of Retry-After.", Challenge.None);

    public static GatewayFailure Overloaded { get; } = new("overloaded", 503, "Temporarily unavailable",
        "The gateway has more calls than it can answer. Try again after the seconds of Retry-After.", Challenge.None);

    public static GatewayFailure UpstreamAway { get; } = new("upstream_away", 502, "The API is not reachable", "The gateway could not reach the API behind it.", Challenge.None);

    public static GatewayFailure UpstreamSlow { get; } = new("upstream_slow", 504, "The API did not answer in time", "The API behind the gateway did not answer in time.", Challenge.None);

    public static GatewayFailure TokenIsBound { get; } = new("token_is_bound", 401, "Invalid access token",
        "The access token is bound to a key. Send it with the scheme DPoP and a proof.", Challenge.DpopToken);

    public static GatewayFailure UnknownReference { get; } = Token("token_unknown", "The access token is unknown or expired. Obtain a new one.");

    public static GatewayFailure TokenIsNotBound { get; } = Token("token_is_not_bound", "The access token is bound to no DPoP key. Send it with the scheme Bearer.");

    public static GatewayFailure CertificateMissing { get; } = Token("certificate_missing",
        "The access token is bound to a client certificate. Show it on the TLS connection.");

    public static GatewayFailure AnotherCertificate { get; } = Token("another_certificate",
        "The access token is bound to another client certificate than that of the TLS connection.");

    public static GatewayFailure ProofOfWeakAlgorithm { get; } = Proof("proof_wrong_algorithm",
        $"The application is held to FAPI 2.0: sign the DPoP proof by one of {string.Join(", ", SigningAlgorithms.Fapi)}.");

    public static GatewayFailure ProofMissing { get; } = Proof("proof_missing", "Send one DPoP header with a proof for this call.");

    public static GatewayFailure ProofOfAnotherKey { get; } = Proof("proof_of_another_key", "The DPoP proof is of another key than the access token is bound to.");

    public static GatewayFailure ProofReplayed { get; } = Proof("proof_replayed", "The DPoP proof was sent before. Make a new one for every call.");

    public static GatewayFailure TooManyProofs { get; } = new("too_many_proofs", 503, "Temporarily unavailable",
        "More DPoP proofs came in the last minute than the gateway can remember. Try again after the seconds of Retry-After.", Challenge.None)
    {
        RetryAfterSeconds = (int)UsedProofs.Lifetime.TotalSeconds,
    };

    public static GatewayFailure ProofNeedsNonce { get; } = new("proof_needs_nonce", 401, "A nonce is required",
        "Repeat the call with the nonce of the DPoP-Nonce header in the proof.", Challenge.DpopNonce);

    public static GatewayFailure From(DpopFailure failure) => failure switch
    {
        DpopFailure.WrongRequest => Proof("proof_of_another_call", "The htm and htu of the DPoP proof are not those of this call."),
        DpopFailure.WrongToken => Proof("proof_of_another_token", "The ath of the DPoP proof is not that of the access token."),
        DpopFailure.NotFresh => Proof("proof_not_fresh", "The iat of the DPoP proof is too old or lies in the future."),
        DpopFailure.NoTokenId => Proof("proof_without_jti", "The DPoP proof needs a jti of up to 256 characters."),
        DpopFailure.WrongKey => Proof("proof_wrong_key", "The jwk of the DPoP proof is not a public key that is taken here."),
        DpopFailure.WrongSignature => Proof("proof_bad_signature", "The signature of the DPoP proof does not verify."),
        _ => Proof("proof_malformed", "The DPoP proof is not a well-formed JWT with the typ dpop+jwt."),
    };

    public static GatewayFailure From(AccessTokenFailure failure) => failure switch
    {
        AccessTokenFailure.Expired => Token("token_expired", "The access token expired. Obtain a new one."),
        AccessTokenFailure.Malformed => Token("token_malformed", "The access token is malformed."),
        AccessTokenFailure.WrongIssuer => Token("token_wrong_issuer", "The access token was issued by another server."),
        AccessTokenFailure.IssuedInTheFuture => Token("token_from_the_future", "The access token was issued in the future."),
        AccessTokenFailure.WrongType => Token("token_wrong_type", "This is not an access token."),
        AccessTokenFailure.AlgorithmNotAllowed => Token("token_wrong_algorithm", "The access token's signature does not verify."),
        _ => Token("token_bad_signature", "The access token's signature does not verify."),
    };

    public static GatewayFailure From(AccessFailure failure) => failure switch
    {
        AccessFailure.StoreUnknown => StoreAway,
        AccessFailure.WrongAudience => Token("token_wrong_audience", "The access token is meant for another API."),
        AccessFailure.NoApprovedContract => new("no_approved_contract", 403, "No approved contract",
            "The application has no approved contract for this API. Its owner finds it on the developer portal.", Challenge.None),
        AccessFailure.InsufficientScope => new("insufficient_scope", 403, "Insufficient scope",
            "The access token lacks a scope that this call needs.", Challenge.InsufficientScope),
        AccessFailure.ApplicationGone => Token("application_gone", "The access token is no longer valid."),
        AccessFailure.NotBound => Token("token_is_bearer", "The application is held to FAPI 2.0, and the access token is bound to no key."),
        AccessFailure.ApplicationRetired => Token("application_retired", "The access token is no longer valid."),
        _ => Token("token_revoked", "The access token was revoked."),
    };

    private static GatewayFailure Token(string code, string detail) => new(code, 401, "Invalid access token", detail, Challenge.InvalidToken);

    private static GatewayFailure Proof(string code, string detail) => new(code, 401, "Invalid DPoP proof", detail, Challenge.DpopProof);
}
