using Gatehouse.Protocol.Authorization;

namespace Gatehouse.Tests.Protocol.Authorization;

/// <summary>What an authorization request is refused with (RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6).</summary>
public sealed class AuthorizationErrorTests
{
    public static TheoryData<AuthorizationError, string> Errors => new()
    {
        { AuthorizationError.AccessDenied, "access_denied" },
        { AuthorizationError.LoginRequired, "login_required" },
        { AuthorizationError.ConsentRequired, "consent_required" },
        { AuthorizationError.InvalidScope, "invalid_scope" },
        { AuthorizationError.UnauthorizedClient, "unauthorized_client" },
        { AuthorizationError.RequestUriNotSupported, "request_uri_not_supported" },
        { AuthorizationError.TemporarilyUnavailable, "temporarily_unavailable" },
        { AuthorizationError.InvalidRequestObject("It is malformed."), "invalid_request_object" },
        { AuthorizationError.InvalidTarget("It is unknown."), "invalid_target" },
        { AuthorizationError.InvalidAuthorizationDetails("It is unknown."), "invalid_authorization_details" },
        { AuthorizationError.InvalidRequest("It is malformed."), "invalid_request" },
        { AuthorizationError.UnsupportedResponseType("It is unknown."), "unsupported_response_type" },
    };

    [Theory, MemberData(nameof(Errors), DisableDiscoveryEnumeration = true)]
    public void An_error_has_its_code_and_a_sentence(AuthorizationError error, string code)
    {
        Assert.Equal(code, error.Code);
        Assert.Matches("^[ !#-\\[\\]-~]{10,}$", error.Description);
    }
}
