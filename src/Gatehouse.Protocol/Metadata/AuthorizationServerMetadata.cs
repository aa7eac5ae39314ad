using System.Text.Json.Serialization;

namespace Gatehouse.Protocol.Metadata;

/// <summary>
/// The document at <c>/.well-known/oauth-authorization-server</c> (RFC 8414 §2) and at <c>/.well-known/openid-configuration</c> (OpenID Connect
/// Discovery §3): one for both, so that they cannot differ. Absent members are not written.
/// </summary>
public sealed record AuthorizationServerMetadata
{
    [JsonPropertyName("issuer")]
    public required string Issuer { get; init; }

    [JsonPropertyName("authorization_endpoint")]
    public required string AuthorizationEndpoint { get; init; }

    /// <summary>Where authorization requests are pushed (RFC 9126 §5). Whether they must be is each application's own setting.</summary>
    [JsonPropertyName("pushed_authorization_request_endpoint")]
    public required string PushedAuthorizationRequestEndpoint { get; init; }

    [JsonPropertyName("require_pushed_authorization_requests")]
    public bool RequirePushedAuthorizationRequests { get; init; }

    /// <summary>RFC 8628 §4.</summary>
    [JsonPropertyName("device_authorization_endpoint")]
    public required string DeviceAuthorizationEndpoint { get; init; }

    [JsonPropertyName("token_endpoint")]
    public required string TokenEndpoint { get; init; }

    [JsonPropertyName("jwks_uri")]
    public required string JwksUri { get; init; }

    [JsonPropertyName("response_types_supported")]
    public required IReadOnlyList<string> ResponseTypesSupported { get; init; }

    [JsonPropertyName("response_modes_supported")]
    public required IReadOnlyList<string> ResponseModesSupported { get; init; }

    /// <summary>RFC 7636; RFC 9700 §2.1.1 wants clients to see that PKCE is there.</summary>
    [JsonPropertyName("code_challenge_methods_supported")]
    public required IReadOnlyList<string> CodeChallengeMethodsSupported { get; init; }

    /// <summary>Every answer of the authorization endpoint names its issuer (RFC 9207 §3).</summary>
    [JsonPropertyName("authorization_response_iss_parameter_supported")]
    public bool AuthorizationResponseIssParameterSupported { get; init; } = true;

    [JsonPropertyName("grant_types_supported")]
    public required IReadOnlyList<string> GrantTypesSupported { get; init; }

    [JsonPropertyName("token_endpoint_auth_methods_supported")]
    public required IReadOnlyList<string> TokenEndpointAuthMethodsSupported { get; init; }

    /// <summary>How a client assertion may be signed (RFC 8414 §2).</summary>
    [JsonPropertyName("token_endpoint_auth_signing_alg_values_supported")]
    public required IReadOnlyList<string> TokenEndpointAuthSigningAlgorithmsSupported { get; init; }

    [JsonPropertyName("introspection_endpoint")]
    public required string IntrospectionEndpoint { get; init; }

    [JsonPropertyName("introspection_endpoint_auth_methods_supported")]
    public required IReadOnlyList<string> IntrospectionEndpointAuthMethodsSupported { get; init; }

    /// <summary>How a client assertion may be signed (RFC 8414 §2).</summary>
    [JsonPropertyName("introspection_endpoint_auth_signing_alg_values_supported")]
    public required IReadOnlyList<string> IntrospectionEndpointAuthSigningAlgorithmsSupported { get; init; }

    /// <summary>RFC 9701 §7: how an introspection answer is signed when a caller asks for a signed one.</summary>
    [JsonPropertyName("introspection_signing_alg_values_supported")]
    public required IReadOnlyList<string> IntrospectionSigningAlgorithmsSupported { get; init; }

    [JsonPropertyName("revocation_endpoint")]
    public required string RevocationEndpoint { get; init; }

    [JsonPropertyName("revocation_endpoint_auth_methods_supported")]
    public required IReadOnlyList<string> RevocationEndpointAuthMethodsSupported { get; init; }

    /// <summary>How a client assertion may be signed (RFC 8414 §2).</summary>
    [JsonPropertyName("revocation_endpoint_auth_signing_alg_values_supported")]
    public required IReadOnlyList<string> RevocationEndpointAuthSigningAlgorithmsSupported { get; init; }

    /// <summary>How DPoP proofs may be signed (RFC 9449 §5.1).</summary>
    [JsonPropertyName("dpop_signing_alg_values_supported")]
    public required IReadOnlyList<string> DpopSigningAlgorithmsSupported { get; init; }

    /// <summary>Whether access tokens can be bound to a client certificate (RFC 8705 §3.3); absent when this server never sees one.</summary>
    [JsonPropertyName("tls_client_certificate_bound_access_tokens")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? TlsClientCertificateBoundAccessTokens { get; init; }

    /// <summary>Where a client is asked for its certificate (RFC 8705 §5), by the names of the members above; absent when there is no such place.</summary>
    [JsonPropertyName("mtls_endpoint_aliases")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, string>? MtlsEndpointAliases { get; init; }

    /// <summary>Where applications register themselves (RFC 7591 §3); absent when they may not.</summary>
    [JsonPropertyName("registration_endpoint")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RegistrationEndpoint { get; init; }

    /// <summary>Whether the URL of a document may be a <c>client_id</c> (draft-ietf-oauth-client-id-metadata-document); absent when it may not.</summary>
    [JsonPropertyName("client_id_metadata_document_supported")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? ClientIdMetadataDocumentSupported { get; init; }

    [JsonPropertyName("userinfo_endpoint")]
    public required string UserInfoEndpoint { get; init; }

    /// <summary>OpenID Connect RP-Initiated Logout §2.1.</summary>
    [JsonPropertyName("end_session_endpoint")]
    public required string EndSessionEndpoint { get; init; }

    /// <summary>OpenID Connect Back-Channel Logout §2.1.</summary>
    [JsonPropertyName("backchannel_logout_supported")]
    public bool BackchannelLogoutSupported { get; init; } = true;

    /// <summary>Whether logout tokens and ID tokens have a <c>sid</c>.</summary>
    [JsonPropertyName("backchannel_logout_session_supported")]
    public bool BackchannelLogoutSessionSupported { get; init; } = true;

    /// <summary>Initiating User Registration via OpenID Connect §4.</summary>
    [JsonPropertyName("prompt_values_supported")]
    public required IReadOnlyList<string> PromptValuesSupported { get; init; }

    [JsonPropertyName("subject_types_supported")]
    public IReadOnlyList<string> SubjectTypesSupported { get; init; } = ["public"];

    [JsonPropertyName("id_token_signing_alg_values_supported")]
    public required IReadOnlyList<string> IdTokenSigningAlgorithmsSupported { get; init; }

    [JsonPropertyName("acr_values_supported")]
    public required IReadOnlyList<string> AcrValuesSupported { get; init; }

    [JsonPropertyName("claims_supported")]
    public IReadOnlyList<string> ClaimsSupported { get; init; } =
        ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "sid", "acr", "amr", "at_hash", "name", "email", "email_verified"];

    /// <summary>The <c>claims</c> parameter is ignored: scopes decide what is told.</summary>
    [JsonPropertyName("claims_parameter_supported")]
    public bool ClaimsParameterSupported { get; init; }

    /// <summary>Signed request objects are taken by value (RFC 9101 §10.5, OpenID Connect Discovery §3).</summary>
    [JsonPropertyName("request_parameter_supported")]
    public bool RequestParameterSupported { get; init; } = true;

    [JsonPropertyName("request_object_signing_alg_values_supported")]
    public required IReadOnlyList<string> RequestObjectSigningAlgorithmsSupported { get; init; }

    /// <summary>References are taken to pushed requests alone; by default a client would think that this server fetches others.</summary>
    [JsonPropertyName("request_uri_parameter_supported")]
    public bool RequestUriParameterSupported { get; init; }

    /// <summary>The registered types (RFC 9396 §10); absent when there is none.</summary>
    [JsonPropertyName("authorization_details_types_supported")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? AuthorizationDetailsTypesSupported { get; init; }

    [JsonPropertyName("scopes_supported")]
    public required IReadOnlyList<string> ScopesSupported { get; init; }

    [JsonPropertyName("service_documentation")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ServiceDocumentation { get; init; }
}

[JsonSerializable(typeof(AuthorizationServerMetadata))]
public sealed partial class MetadataJson : JsonSerializerContext;
