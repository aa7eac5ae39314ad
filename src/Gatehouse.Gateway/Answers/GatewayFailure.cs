using Gatehouse.Protocol.AccessTokens;
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
}

/// <summary>The closed set of reasons for which the gateway refuses a call.</summary>
/// <param name="Code">The name in logs, metrics and <em>Recent problems</em>.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">What the caller reads.</param>
/// <param name="Detail">What the caller may know of the cause.</param>
/// <param name="Challenge">The kind of <c>WWW-Authenticate</c>.</param>
public sealed record GatewayFailure(string Code, int Status, string Title, string Detail, Challenge Challenge)
{
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

    public static GatewayFailure UpstreamAway { get; } = new("upstream_away", 502, "The API is not reachable", "The gateway could not reach the API behind it.", Challenge.None);

    public static GatewayFailure UpstreamSlow { get; } = new("upstream_slow", 504, "The API did not answer in time", "The API behind the gateway did not answer in time.", Challenge.None);

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
        AccessFailure.ApplicationRetired => Token("application_retired", "The access token is no longer valid."),
        _ => Token("token_revoked", "The access token was revoked."),
    };

    private static GatewayFailure Token(string code, string detail) => new(code, 401, "Invalid access token", detail, Challenge.InvalidToken);
}
