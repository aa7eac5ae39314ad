namespace Gatehouse.Tests.Interop.Flows;

/// <summary>What Gatehouse offers and a client may support; the rows of the table.</summary>
internal static class Flow
{
    public const string MetadataOAuth = "metadata_oauth";
    public const string MetadataOpenId = "metadata_openid";
    public const string ResourceMetadata = "resource_metadata";
    public const string ClientCredentialsBasic = "client_credentials_basic";
    public const string ClientCredentialsPost = "client_credentials_post";
    public const string ClientCredentialsJwt = "client_credentials_jwt";
    public const string ClientCredentialsEd25519 = "client_credentials_ed25519";
    public const string ClientCertificate = "client_certificate";
    public const string SelfSignedCertificate = "self_signed_certificate";
    public const string CodePublic = "code_public";
    public const string CodeConfidential = "code_confidential";
    public const string FormPost = "form_post";
    public const string PushedRequest = "pushed_request";
    public const string SignedRequest = "signed_request";
    public const string ResourceIndicator = "resource_indicator";
    public const string AuthorizationDetails = "authorization_details";
    public const string IdToken = "id_token";
    public const string UserInfo = "userinfo";
    public const string RefreshPublic = "refresh_public";
    public const string RefreshConfidential = "refresh_confidential";
    public const string Device = "device";
    public const string TokenExchange = "token_exchange";
    public const string JwtBearer = "jwt_bearer";
    public const string Logout = "logout";
    public const string Dpop = "dpop";
    public const string DpopGateway = "dpop_gateway";
    public const string CertificateGateway = "certificate_gateway";
    public const string Introspection = "introspection";
    public const string IntrospectionSigned = "introspection_signed";
    public const string Revocation = "revocation";
    public const string Registration = "registration";
    public const string ClientDocument = "client_document";
    public const string AccessToken = "access_token";
    public const string GatewayCall = "gateway_call";

    public static IReadOnlyList<(string Name, string Words)> All { get; } =
    [
        (MetadataOAuth, "Server metadata (RFC 8414)"),
        (MetadataOpenId, "OpenID Connect Discovery"),
        (ResourceMetadata, "Protected resource metadata (RFC 9728)"),
        (ClientCredentialsBasic, "Client credentials, `client_secret_basic`"),
        (ClientCredentialsPost, "Client credentials, `client_secret_post`"),
        (ClientCredentialsJwt, "Client credentials, `private_key_jwt`"),
        (ClientCredentialsEd25519, "… signed with Ed25519 (RFC 8037, RFC 9864)"),
        (ClientCertificate, "Client credentials, `tls_client_auth` (RFC 8705)"),
        (SelfSignedCertificate, "Client credentials, `self_signed_tls_client_auth`"),
        (CodePublic, "Authorization code with PKCE, public client"),
        (CodeConfidential, "Authorization code with PKCE, confidential client"),
        (FormPost, "… answered by `form_post`"),
        (PushedRequest, "Pushed authorization request (RFC 9126)"),
        (SignedRequest, "Signed request object (RFC 9101)"),
        (ResourceIndicator, "Resource indicator (RFC 8707)"),
        (AuthorizationDetails, "Authorization details (RFC 9396)"),
        (IdToken, "ID token, verified with the JWK set"),
        (UserInfo, "Userinfo"),
        (Logout, "RP-initiated logout"),
        (RefreshPublic, "Refresh token of a public client, rotated"),
        (RefreshConfidential, "Refresh token of a confidential client"),
        (Device, "Device authorization (RFC 8628)"),
        (TokenExchange, "Token exchange (RFC 8693)"),
        (JwtBearer, "JWT bearer grant (RFC 7523)"),
        (Dpop, "DPoP at the token endpoint, with a nonce (RFC 9449)"),
        (DpopGateway, "DPoP call at the gateway, with a nonce"),
        (CertificateGateway, "Certificate-bound token at the gateway (RFC 8705)"),
        (Introspection, "Introspection (RFC 7662)"),
        (IntrospectionSigned, "Signed introspection answer (RFC 9701)"),
        (Revocation, "Revocation (RFC 7009)"),
        (Registration, "Dynamic registration (RFC 7591)"),
        (ClientDocument, "Client ID Metadata Document"),
        (AccessToken, "Access token verified by a resource server (RFC 9068)"),
        (GatewayCall, "Call at the gateway, accepted and refused"),
    ];
}

/// <summary>The test method takes a library through a flow.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class PassesAttribute(string library, string flow) : Attribute
{
    public string Library => library;

    public string Flow => flow;
}
