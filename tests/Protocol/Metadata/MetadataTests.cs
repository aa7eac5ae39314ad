using System.Text.Json;
using Gatehouse.Protocol.Metadata;

namespace Gatehouse.Tests.Protocol.Metadata;

/// <summary>What the documents say that is fixed (RFC 8414 §2, RFC 9728 §2, OpenID Connect Discovery §3).</summary>
public sealed class MetadataTests
{
    [Fact]
    public void The_server_says_what_it_always_does_and_nothing_of_what_is_off()
    {
        var document = JsonSerializer.SerializeToElement(Server(), MetadataJson.Default.AuthorizationServerMetadata);
        foreach (var always in (string[])
            ["authorization_response_iss_parameter_supported", "backchannel_logout_supported", "backchannel_logout_session_supported", "request_parameter_supported"])
            Assert.True(document.GetProperty(always).GetBoolean(), always);
        foreach (var never in (string[])["require_pushed_authorization_requests", "claims_parameter_supported", "request_uri_parameter_supported"])
            Assert.False(document.GetProperty(never).GetBoolean(), never);
        foreach (var off in (string[])
            ["tls_client_certificate_bound_access_tokens", "mtls_endpoint_aliases", "registration_endpoint", "client_id_metadata_document_supported",
                "authorization_details_types_supported", "service_documentation"])
            Assert.False(document.TryGetProperty(off, out _), off);
        Assert.Equal("""["public"]""", document.GetProperty("subject_types_supported").GetRawText());
        Assert.Equal(
            """["iss","sub","aud","exp","iat","auth_time","nonce","sid","acr","amr","at_hash","name","email","email_verified"]""",
            document.GetProperty("claims_supported").GetRawText());
    }

    [Fact]
    public void A_resource_takes_tokens_in_the_header_alone()
    {
        var resource = new ProtectedResourceMetadata { Resource = "r", ResourceName = "n", AuthorizationServers = ["a"], ScopesSupported = ["s"] };
        Assert.Equal(
            """{"resource":"r","resource_name":"n","authorization_servers":["a"],"scopes_supported":["s"],"bearer_methods_supported":["header"]}""",
            JsonSerializer.Serialize(resource, ProtectedResourceJson.Default.ProtectedResourceMetadata));
    }

    [Theory] // RFC 9728 §3.1.
    [InlineData("https://api.example.test", "https://api.example.test/.well-known/oauth-protected-resource")]
    [InlineData("https://api.example.test/", "https://api.example.test/.well-known/oauth-protected-resource")]
    [InlineData("https://api.example.test/things", "https://api.example.test/.well-known/oauth-protected-resource/things")]
    [InlineData("https://api.example.test/things?v=1", "https://api.example.test/.well-known/oauth-protected-resource/things?v=1")]
    [InlineData("https://other.example.test/things", null)]
    [InlineData("http://api.example.test/things", null)]
    [InlineData("https://api.example.test:8443/things", null)]
    [InlineData("urn:example:things", null)]
    [InlineData("things", null)]
    public void The_metadata_of_a_resource_stands_before_its_path(string resource, string? url) =>
        Assert.Equal(url, ProtectedResourceMetadata.UrlOf(resource, "https://api.example.test"));

    private static AuthorizationServerMetadata Server() => new()
    {
        Issuer = "i", AuthorizationEndpoint = "a", PushedAuthorizationRequestEndpoint = "p", DeviceAuthorizationEndpoint = "d", TokenEndpoint = "t", JwksUri = "j",
        ResponseTypesSupported = [], ResponseModesSupported = [], CodeChallengeMethodsSupported = [], GrantTypesSupported = [],
        TokenEndpointAuthMethodsSupported = [], TokenEndpointAuthSigningAlgorithmsSupported = [], IntrospectionEndpoint = "i",
        IntrospectionEndpointAuthMethodsSupported = [], IntrospectionEndpointAuthSigningAlgorithmsSupported = [], IntrospectionSigningAlgorithmsSupported = [],
        RevocationEndpoint = "r", RevocationEndpointAuthMethodsSupported = [], RevocationEndpointAuthSigningAlgorithmsSupported = [],
        DpopSigningAlgorithmsSupported = [], UserInfoEndpoint = "u", EndSessionEndpoint = "e", PromptValuesSupported = [], IdTokenSigningAlgorithmsSupported = [],
        AcrValuesSupported = [], RequestObjectSigningAlgorithmsSupported = [], ScopesSupported = [],
    };
}
