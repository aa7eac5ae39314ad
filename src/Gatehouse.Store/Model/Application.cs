using Gatehouse.Protocol.Jose;
using Gatehouse.Protocol.Vocabulary;

namespace Gatehouse.Store.Model;

public enum ApplicationState
{
    Active,
    Retired,

    /// <summary>It registered itself, and no person has approved it yet.</summary>
    Pending,
}

/// <summary>The OAuth client (RFC 6749 §1.1).</summary>
public sealed class Application
{
    public const int MaxClientIdLength = 128;

    public Guid Id { get; set; } = Guid.CreateVersion7();

    public Guid OrganizationId { get; set; }

    public Organization? Organization { get; set; }

    public required string ClientId { get; set; }

    /// <summary><c>client_name</c> of RFC 7591 §2.</summary>
    public required string Name { get; set; }

    public string Description { get; set; } = string.Empty;

    public ApplicationState State { get; set; }

    /// <summary>The grant types it may use: data, changed by API Support (default: client credentials alone).</summary>
    public List<string> GrantTypes { get; set; } = [GrantType.ClientCredentials];

    public List<string> RedirectUris { get; set; } = [];

    /// <summary>One of the values of <see cref="TokenEndpointAuthMethods"/>.</summary>
    public string TokenEndpointAuthMethod { get; set; } = TokenEndpointAuthMethods.ClientSecret;

    /// <summary>A JWK set by value (RFC 7591 §2), as JSON text; empty when none was registered.</summary>
    public string Jwks { get; set; } = string.Empty;

    /// <summary>Where the application publishes its JWK set (RFC 7591 §2); empty when it does not.</summary>
    public string JwksUri { get; set; } = string.Empty;

    /// <summary>Whom its certificate names, as <see cref="Protocol.Certificates.CertificateSubject.Write"/> writes it; empty when that does not matter.</summary>
    public string CertificateSubject { get; set; } = string.Empty;

    /// <summary>The <see cref="FederatedIdentity"/> rules as JSON; empty when there is none.</summary>
    public string FederatedIdentities { get; set; } = string.Empty;

    /// <summary>Whether authorization requests must be pushed (RFC 9126 §6).</summary>
    public bool RequirePushedAuthorizationRequests { get; set; }

    /// <summary>
    /// The FAPI 2.0 Security Profile as one switch: pushed requests, <c>private_key_jwt</c> or mutual TLS, tokens that are bound to a DPoP key or a
    /// certificate, and its algorithms alone.
    /// </summary>
    public bool Fapi2SecurityProfile { get; set; }

    /// <summary>Whether every access token must be bound to a DPoP key (RFC 9449 §5.2).</summary>
    public bool DpopBoundAccessTokens { get; set; }

    /// <summary>Whether every access token must be bound to the client certificate (RFC 8705 §3.4).</summary>
    public bool CertificateBoundAccessTokens { get; set; }

    /// <summary>
    /// The <c>client_id</c> of each application whose tokens it may exchange (RFC 8693), besides its own and those for APIs that it stands for.
    /// </summary>
    public List<string> TokenExchangeSubjects { get; set; } = [];

    /// <summary>The resource identifiers that it may exchange tokens for; empty: every one of its contracts.</summary>
    public List<string> TokenExchangeAudiences { get; set; } = [];

    /// <summary>The types of authorization details that it may use (RFC 9396 §10); none by default.</summary>
    public List<string> AuthorizationDetailsTypes { get; set; } = [];

    /// <summary>One of the values of <see cref="AccessTokenFormats"/>.</summary>
    public string AccessTokenFormat { get; set; } = AccessTokenFormats.Jwt;

    /// <summary>How its ID tokens are signed (OpenID Connect Registration §2).</summary>
    public string IdTokenSignedResponseAlg { get; set; } = SigningAlgorithms.Default;

    /// <summary>Where the browser may be sent after signing out (OpenID Connect RP-Initiated Logout §3.1).</summary>
    public List<string> PostLogoutRedirectUris { get; set; } = [];

    /// <summary>Where it is told that a session has ended (OpenID Connect Back-Channel Logout §2.2); empty: nowhere.</summary>
    public string BackchannelLogoutUri { get; set; } = string.Empty;

    /// <summary>Whether it needs the <c>sid</c> in what it is told; it is always there.</summary>
    public bool BackchannelLogoutSessionRequired { get; set; }

    /// <summary>Access tokens whose <c>iat</c> lies before this second are dead. 0: none.</summary>
    public long TokensNotBefore { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Null when a person made it.</summary>
    public DynamicRegistration? Registration { get; set; }

    public ICollection<ApplicationSecret> Secrets { get; init; } = [];

    public ICollection<ApplicationOwner> Owners { get; init; } = [];

    public ICollection<Contract> Contracts { get; init; } = [];
}

/// <summary>How an application may authenticate at the token endpoint.</summary>
public static class TokenEndpointAuthMethods
{
    /// <summary>By secret, in the form body or by HTTP Basic as the consumer prefers: the seed page uses the body.</summary>
    public const string ClientSecret = "client_secret_basic client_secret_post";
    public const string ClientSecretBasic = "client_secret_basic";
    public const string ClientSecretPost = "client_secret_post";

    /// <summary>By a JWT that the application signs (RFC 7523 §2.2, OpenID Connect Core §9).</summary>
    public const string PrivateKeyJwt = "private_key_jwt";

    /// <summary>By a certificate that an authority of the operator signed (RFC 8705 §2.1).</summary>
    public const string TlsClientAuth = "tls_client_auth";

    /// <summary>By a certificate that the application itself registered (RFC 8705 §2.2).</summary>
    public const string SelfSignedTlsClientAuth = "self_signed_tls_client_auth";

    /// <summary>Not at all: a public client (RFC 6749 §2.1).</summary>
    public const string None = "none";

    public static bool IsSupported(string method) => IsSecret(method) || IsCertificate(method) || method is PrivateKeyJwt or None;

    public static bool IsCertificate(string method) => method is TlsClientAuth or SelfSignedTlsClientAuth;

    public static bool IsSecret(string method) => method is ClientSecret or ClientSecretBasic or ClientSecretPost;
}

/// <summary>What an access token looks like.</summary>
public static class AccessTokenFormats
{
    /// <summary>It says by itself what it gives (RFC 9068).</summary>
    public const string Jwt = "jwt";

    /// <summary>It says nothing: what it gives stands in the store, and is read there by the gateway and by introspection.</summary>
    public const string Reference = "reference";

    public static bool IsKnown(string format) => format is Jwt or Reference;
}

/// <summary>A person who owns an application.</summary>
public sealed class ApplicationOwner
{
    public Guid ApplicationId { get; set; }

    public Guid UserId { get; set; }
}

/// <summary>A generated credential of an application. Neither column alone gives the secret: see <c>Secrets/</c>.</summary>
public sealed class ApplicationSecret
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    public Guid ApplicationId { get; set; }

    public string Label { get; set; } = string.Empty;

    /// <summary>Keyed SHA-256 of the secret, 32 bytes.</summary>
    public required byte[] Verifier { get; set; }

    /// <summary>The encrypted copy for <em>Show</em>; null when the organization shows secrets once.</summary>
    public byte[]? EncryptedCopy { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public DateTimeOffset? RetiredAt { get; set; }

    public DateTimeOffset? LastUsedAt { get; set; }

    public bool IsUsable(DateTimeOffset now) => RetiredAt is null && (ExpiresAt is null || ExpiresAt > now);
}
