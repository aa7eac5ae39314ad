namespace Gatehouse.Protocol.Authorization;

/// <summary>An error that an authorization request is answered with (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6).</summary>
/// <param name="Code">The value of <c>error</c>.</param>
/// <param name="Description">The value of <c>error_description</c>: plain ASCII.</param>
public sealed record AuthorizationError(string Code, string Description)
{
    public static AuthorizationError AccessDenied { get; } = new("access_denied", "The user did not allow it.");

    public static AuthorizationError LoginRequired { get; } = new("login_required", "The user is not signed in, and prompt=none allows no page.");

    public static AuthorizationError ConsentRequired { get; } = new("consent_required", "The user has not allowed this yet, and prompt=none allows no page.");

    public static AuthorizationError InvalidScope { get; } = new("invalid_scope", "A requested scope is unknown, malformed or not part of an approved contract.");

    public static AuthorizationError UnauthorizedClient { get; } =
        new("unauthorized_client", "The application is not allowed to use authorization_code. API Support can allow it.");

    public static AuthorizationError RequestUriNotSupported { get; } = new("request_uri_not_supported", "The parameter request_uri is not supported.");

    public static AuthorizationError TemporarilyUnavailable { get; } =
        new("temporarily_unavailable", "The server cannot decide at the moment. Try again later.");

    /// <summary>RFC 9101 §7.</summary>
    public static AuthorizationError InvalidRequestObject(string description) => new("invalid_request_object", description);

    /// <summary>RFC 8707 §2.</summary>
    public static AuthorizationError InvalidTarget(string description) => new("invalid_target", description);

    /// <summary>RFC 9396 §5.</summary>
    public static AuthorizationError InvalidAuthorizationDetails(string description) => new("invalid_authorization_details", description);

    public static AuthorizationError InvalidRequest(string description) => new("invalid_request", description);

    public static AuthorizationError UnsupportedResponseType(string description) => new("unsupported_response_type", description);
}
