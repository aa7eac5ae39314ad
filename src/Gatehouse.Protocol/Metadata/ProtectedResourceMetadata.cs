using System.Text.Json.Serialization;

namespace Gatehouse.Protocol.Metadata;

/// <summary>What an API says about itself (RFC 9728 §2): who issues the tokens that it takes, and how it takes them.</summary>
public sealed record ProtectedResourceMetadata
{
    /// <summary>What stands between the origin and the path of a resource identifier (RFC 9728 §3.1).</summary>
    public const string WellKnownPath = "/.well-known/oauth-protected-resource";

    [JsonPropertyName("resource")]
    public required string Resource { get; init; }

    [JsonPropertyName("resource_name")]
    public required string ResourceName { get; init; }

    [JsonPropertyName("authorization_servers")]
    public required IReadOnlyList<string> AuthorizationServers { get; init; }

    [JsonPropertyName("scopes_supported")]
    public required IReadOnlyList<string> ScopesSupported { get; init; }

    /// <summary>The types of authorization details that it understands (RFC 9728 §2); absent when there is none.</summary>
    [JsonPropertyName("authorization_details_types_supported")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? AuthorizationDetailsTypesSupported { get; init; }

    [JsonPropertyName("bearer_methods_supported")]
    public IReadOnlyList<string> BearerMethodsSupported { get; init; } = ["header"];

    /// <summary>How DPoP proofs may be signed; absent when bound tokens are not taken.</summary>
    [JsonPropertyName("dpop_signing_alg_values_supported"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? DpopSigningAlgorithmsSupported { get; init; }

    /// <summary>Whether access tokens that are bound to a client certificate are taken (RFC 8705 §3); absent when no certificate is ever seen.</summary>
    [JsonPropertyName("tls_client_certificate_bound_access_tokens")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? TlsClientCertificateBoundAccessTokens { get; init; }

    /// <summary>The metadata of a resource, or null when its identifier is no URL of this origin: then nobody could find it.</summary>
    /// <param name="resource">The resource identifier.</param>
    /// <param name="origin">Scheme, host and port under which it is called.</param>
    public static string? UrlOf(string resource, string origin)
    {
        if (!Uri.TryCreate(resource, UriKind.Absolute, out var uri) || uri.GetLeftPart(UriPartial.Authority) != origin) return null;
        return origin + WellKnownPath + (uri.PathAndQuery == "/" ? string.Empty : uri.PathAndQuery);
    }
}

[JsonSerializable(typeof(ProtectedResourceMetadata))]
public sealed partial class ProtectedResourceJson : JsonSerializerContext;
