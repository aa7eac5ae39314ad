using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.AuthServer.Remote;

namespace Gatehouse.AuthServer;

/// <summary>What the authorization server is called.</summary>
/// <param name="Issuer">The <c>iss</c> of every token and the base of every endpoint: an https URL without query or fragment (RFC 8414 §2).</param>
public sealed record AuthServerOptions(string Issuer)
{
    public const string AuthorizationPath = "/as/authorization.oauth2";
    public const string PushedRequestPath = "/as/par.oauth2";
    public const string DeviceAuthorizationPath = "/as/device_authz.oauth2";
    public const string TokenPath = "/as/token.oauth2";
    public const string IntrospectionPath = "/as/introspect.oauth2";
    public const string RevocationPath = "/as/revoke_token.oauth2";
    public const string RegistrationPath = "/as/clients.oauth2";
    public const string UserInfoPath = "/idp/userinfo.openid";
    public const string LogoutPath = "/idp/init_logout.openid";
    public const string JwksPath = "/pf/JWKS";
    public const string MetadataPath = "/.well-known/oauth-authorization-server";
    public const string OpenIdConfigurationPath = "/.well-known/openid-configuration";

    /// <summary>What it may fetch from others.</summary>
    public OutgoingRules Outgoing { get; init; } = new();

    /// <summary>How many authorization and device requests that no client authentication proves one source may make in a minute. Default: 600.</summary>
    public int UnprovenRequestsPerMinute { get; init; } = 600;

    /// <summary>Whether it sees client certificates.</summary>
    public MutualTlsRules MutualTls { get; init; } = new();

    /// <summary>Whether applications may register themselves.</summary>
    public RegistrationRules Registration { get; init; } = new();
}
