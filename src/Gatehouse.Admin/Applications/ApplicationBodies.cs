using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Admin.Answers;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;

namespace Gatehouse.Admin.Applications;

/// <summary>Client metadata (RFC 7591 §2) as it is sent.</summary>
internal record ApplicationRequest
{
    [JsonPropertyName("client_name"), Description("1 to 128 characters.")]
    public required string ClientName { get; init; }

    [JsonPropertyName("description"), Description("Up to 1000 characters.")]
    public string? Description { get; init; }

    [JsonPropertyName("grant_types"), Description("Default: client_credentials.")]
    public IReadOnlyList<string>? GrantTypes { get; init; }

    [JsonPropertyName("redirect_uris"), Description("Up to 20 absolute https URIs without a fragment; http for loopback only.")]
    public IReadOnlyList<string>? RedirectUris { get; init; }

    [JsonPropertyName("token_endpoint_auth_method"), Description("client_secret_basic, client_secret_post, private_key_jwt, tls_client_auth, self_signed_tls_client_auth or none. Left out: both ways to send a secret.")]
    public string? TokenEndpointAuthMethod { get; init; }

    [JsonPropertyName("jwks"), Description("Public keys only (RFC 7517 §5), up to 16384 characters.")]
    public JsonElement? Jwks { get; init; }

    [JsonPropertyName("jwks_uri"), Description("Where the application publishes its public keys: an https URL. Instead of jwks.")]
    public string? JwksUri { get; init; }

    [JsonPropertyName("federated_identities"), Description("By which assertions of trusted issuers a workload is this application (RFC 7523 §2.1). Up to 20.")]
    public IReadOnlyList<FederatedIdentity>? FederatedIdentities { get; init; }

    [JsonPropertyName("require_pushed_authorization_requests"), Description("Whether authorization requests must be pushed (RFC 9126 §6). Default: false.")]
    public bool RequirePushedAuthorizationRequests { get; init; }

    [JsonPropertyName("dpop_bound_access_tokens"), Description("Whether every access token must be bound to a DPoP key (RFC 9449 §5.2). Default: false.")]
    public bool DpopBoundAccessTokens { get; init; }

    [JsonPropertyName("tls_client_certificate_bound_access_tokens")]
    [Description("Whether every access token must be bound to the client certificate (RFC 8705 §3.4). Default: false.")]
    public bool CertificateBoundAccessTokens { get; init; }

    [JsonPropertyName("tls_client_auth_subject_dn"), Description("For tls_client_auth, which needs exactly one of these five: the subject, as RFC 4514 writes it.")]
    public string? TlsClientAuthSubjectDn { get; init; }

    [JsonPropertyName("tls_client_auth_san_dns"), Description("For tls_client_auth: a host name among the certificate's alternative names.")]
    public string? TlsClientAuthSanDns { get; init; }

    [JsonPropertyName("tls_client_auth_san_uri"), Description("For tls_client_auth: a URI among the certificate's alternative names.")]
    public string? TlsClientAuthSanUri { get; init; }

    [JsonPropertyName("tls_client_auth_san_ip"), Description("For tls_client_auth: an IP address among the certificate's alternative names.")]
    public string? TlsClientAuthSanIp { get; init; }

    [JsonPropertyName("tls_client_auth_san_email"), Description("For tls_client_auth: an e-mail address among the certificate's alternative names.")]
    public string? TlsClientAuthSanEmail { get; init; }

    [JsonPropertyName("fapi2_security_profile")]
    [Description("The FAPI 2.0 Security Profile as one switch: pushed requests, private_key_jwt or mutual TLS, tokens bound to a key or certificate, "
        + "ES256, PS256 and EdDSA. Default: false.")]
    public bool Fapi2SecurityProfile { get; init; }

    [JsonPropertyName("token_exchange_subjects")]
    [Description("The client_id of each application whose tokens it may exchange (RFC 8693), besides its own and those for APIs that it stands for.")]
    public IReadOnlyList<string>? TokenExchangeSubjects { get; init; }

    [JsonPropertyName("token_exchange_audiences"), Description("The resources it may exchange tokens for. Default: those of its contracts.")]
    public IReadOnlyList<string>? TokenExchangeAudiences { get; init; }

    [JsonPropertyName("authorization_details_types"), Description("The types of authorization details that it may use (RFC 9396 §10). Up to 20. Default: none.")]
    public IReadOnlyList<string>? AuthorizationDetailsTypes { get; init; }

    [JsonPropertyName("access_token_format"), Description("jwt, or reference: a token that says nothing by itself (introspection and the gateway know it). Default: jwt.")]
    public string? AccessTokenFormat { get; init; }

    [JsonPropertyName("id_token_signed_response_alg")]
    [Description("How its ID tokens are signed: ES256, RS256, PS256, EdDSA, Ed25519, ML-DSA-44, ML-DSA-65 or ML-DSA-87. Default: ES256.")]
    public string? IdTokenSignedResponseAlg { get; init; }

    [JsonPropertyName("post_logout_redirect_uris"), Description("Where the browser may be sent after signing out. Up to 20 URIs, as redirect_uris.")]
    public IReadOnlyList<string>? PostLogoutRedirectUris { get; init; }

    [JsonPropertyName("backchannel_logout_uri"), Description("An https URL that is told when a session has ended (OpenID Connect Back-Channel Logout). Default: none.")]
    public string? BackchannelLogoutUri { get; init; }

    [JsonPropertyName("backchannel_logout_session_required"), Description("Whether it needs the sid in what it is told; it is always there. Default: false.")]
    public bool BackchannelLogoutSessionRequired { get; init; }
}

/// <summary>A new application: its metadata, and the APIs it asks for.</summary>
internal sealed record NewApplicationRequest : ApplicationRequest
{
    [JsonPropertyName("scope")]
    [Description("Scopes it needs, separated by blanks. Each must belong to one of the apis; an approved contract gives all scopes of its API.")]
    public string? Scope { get; init; }

    [JsonPropertyName("apis"), Description("A contract is requested for each.")]
    public IReadOnlyList<ApiChoice>? Apis { get; init; }
}

/// <summary>An API and a plan of it.</summary>
internal sealed record ApiChoice
{
    [JsonPropertyName("api"), Description("The slug of the API.")]
    public required string Api { get; init; }

    [JsonPropertyName("plan")]
    [Description("The slug of the plan. May be left out when the API has one plan, or one alone that is not approved by hand.")]
    public string? Plan { get; init; }
}

/// <summary>An application as it is registered (RFC 7591 §3.2.1).</summary>
internal record ApplicationBody
{
    [JsonPropertyName("client_id")]
    public required string ClientId { get; init; }

    [JsonPropertyName("client_name")]
    public required string ClientName { get; init; }

    [JsonPropertyName("description")]
    public required string Description { get; init; }

    [JsonPropertyName("state"), JsonConverter(typeof(SnakeCase<ApplicationState>))]
    public required ApplicationState State { get; init; }

    [JsonPropertyName("grant_types")]
    public required IReadOnlyList<string> GrantTypes { get; init; }

    [JsonPropertyName("redirect_uris")]
    public required IReadOnlyList<string> RedirectUris { get; init; }

    [JsonPropertyName("token_endpoint_auth_method"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Description("Absent when both client_secret_basic and client_secret_post are allowed.")]
    public string? TokenEndpointAuthMethod { get; init; }

    [JsonPropertyName("jwks"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public JsonElement? Jwks { get; init; }

    [JsonPropertyName("jwks_uri"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? JwksUri { get; init; }

    [JsonPropertyName("federated_identities")]
    public required IReadOnlyList<FederatedIdentity> FederatedIdentities { get; init; }

    [JsonPropertyName("require_pushed_authorization_requests")]
    public required bool RequirePushedAuthorizationRequests { get; init; }

    [JsonPropertyName("dpop_bound_access_tokens")]
    public required bool DpopBoundAccessTokens { get; init; }

    [JsonPropertyName("tls_client_certificate_bound_access_tokens")]
    public required bool CertificateBoundAccessTokens { get; init; }

    [JsonPropertyName("tls_client_auth_subject_dn"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TlsClientAuthSubjectDn { get; init; }

    [JsonPropertyName("tls_client_auth_san_dns"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TlsClientAuthSanDns { get; init; }

    [JsonPropertyName("tls_client_auth_san_uri"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TlsClientAuthSanUri { get; init; }

    [JsonPropertyName("tls_client_auth_san_ip"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TlsClientAuthSanIp { get; init; }

    [JsonPropertyName("tls_client_auth_san_email"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? TlsClientAuthSanEmail { get; init; }

    [JsonPropertyName("fapi2_security_profile")]
    public required bool Fapi2SecurityProfile { get; init; }

    [JsonPropertyName("token_exchange_subjects")]
    public required IReadOnlyList<string> TokenExchangeSubjects { get; init; }

    [JsonPropertyName("token_exchange_audiences")]
    public required IReadOnlyList<string> TokenExchangeAudiences { get; init; }

    [JsonPropertyName("authorization_details_types")]
    public required IReadOnlyList<string> AuthorizationDetailsTypes { get; init; }

    [JsonPropertyName("access_token_format")]
    public required string AccessTokenFormat { get; init; }

    [JsonPropertyName("id_token_signed_response_alg")]
    public required string IdTokenSignedResponseAlg { get; init; }

    [JsonPropertyName("post_logout_redirect_uris")]
    public required IReadOnlyList<string> PostLogoutRedirectUris { get; init; }

    [JsonPropertyName("backchannel_logout_uri"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? BackchannelLogoutUri { get; init; }

    [JsonPropertyName("backchannel_logout_session_required")]
    public required bool BackchannelLogoutSessionRequired { get; init; }

    [JsonPropertyName("scope"), Description("The scopes that its approved contracts give, separated by blanks.")]
    public required string Scope { get; init; }

    [JsonPropertyName("apis")]
    public required IReadOnlyList<ApplicationApi> Apis { get; init; }

    [JsonPropertyName("registration"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Description("Absent when a person made the application.")]
    public ApplicationRegistration? Registration { get; init; }

    [JsonPropertyName("client_id_issued_at"), JsonNumberHandling(JsonNumberHandling.Strict)]
    [Description("Seconds since 1970-01-01T00:00:00Z.")]
    public required long ClientIdIssuedAt { get; init; }
}

/// <summary>How an application registered itself (RFC 7591).</summary>
internal sealed record ApplicationRegistration
{
    [JsonPropertyName("kind"), JsonConverter(typeof(SnakeCase<RegistrationKind>))]
    public required RegistrationKind Kind { get; init; }

    [JsonPropertyName("approved_at"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Absent: no person has approved it.")]
    public DateTimeOffset? ApprovedAt { get; init; }

    [JsonPropertyName("expires_at"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Description("When it goes away unless it obtains a token or is approved before.")]
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>A contract of the application.</summary>
internal sealed record ApplicationApi
{
    [JsonPropertyName("contract_id")]
    public required Guid ContractId { get; init; }

    [JsonPropertyName("api")]
    public required string Api { get; init; }

    [JsonPropertyName("plan")]
    public required string Plan { get; init; }

    [JsonPropertyName("state"), JsonConverter(typeof(SnakeCase<ContractState>))]
    public required ContractState State { get; init; }
}

/// <summary>A new application with its first secret: the only answer of these routes that holds one.</summary>
internal sealed record CreatedApplicationBody : ApplicationBody
{
    [SetsRequiredMembers]
    internal CreatedApplicationBody(ApplicationBody application, AddedSecret? secret)
        : base(application)
    {
        SecretId = secret?.Row.Id;
        ClientSecret = secret?.Secret.Reveal();
        ClientSecretExpiresAt = secret is null ? null : 0;
    }

    [JsonPropertyName("secret_id"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Guid? SecretId { get; init; }

    [JsonPropertyName("client_secret"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Description("Absent when the application authenticates without a secret.")]
    public string? ClientSecret { get; init; }

    [JsonPropertyName("client_secret_expires_at"), JsonNumberHandling(JsonNumberHandling.Strict), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Description("Seconds since 1970-01-01T00:00:00Z; 0: never (RFC 7591 §3.2.1).")]
    public long? ClientSecretExpiresAt { get; init; }

    /// <summary>It holds a secret.</summary>
    public override string ToString() => ClientId;
}

/// <summary>A part of the list of applications, ordered by name.</summary>
internal sealed record ApplicationPage
{
    [JsonPropertyName("applications")]
    public required IReadOnlyList<ApplicationBody> Applications { get; init; }

    [JsonPropertyName("next_cursor"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Absent on the last page.")]
    public string? NextCursor { get; init; }
}
