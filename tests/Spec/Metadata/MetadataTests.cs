using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Metadata;

public sealed class MetadataTests(TestNode node) : IClassFixture<TestNode>
{
    [Fact, Rfc(8414, "2"), Rfc(8414, "3"), Requirement("8414-01", "8414-05", "8628-15")]
    public async Task The_document_names_what_works()
    {
        var document = await node.Auth.GetFromJsonAsync<JsonObject>("/.well-known/oauth-authorization-server");
        Assert.Equal(TestNode.Issuer, (string?)document!["issuer"]);
        Assert.Equal(TestNode.Issuer + "/as/token.oauth2", (string?)document["token_endpoint"]);
        Assert.Equal(TestNode.Issuer + "/pf/JWKS", (string?)document["jwks_uri"]);
        Assert.Equal(GrantType.All, document["grant_types_supported"]!.AsArray().Select(grant => (string)grant!));
        Assert.Equal(TestNode.Issuer + "/as/device_authz.oauth2", (string?)document["device_authorization_endpoint"]);
        Assert.Equal("""["client_secret_basic","client_secret_post","private_key_jwt","none"]""", document["token_endpoint_auth_methods_supported"]!.ToJsonString());
        Assert.Equal(TestNode.Issuer + "/as/introspect.oauth2", (string?)document["introspection_endpoint"]);
        Assert.Equal("""["ES256"]""", document["introspection_signing_alg_values_supported"]!.ToJsonString());
        Assert.Equal(TestNode.Issuer + "/as/revoke_token.oauth2", (string?)document["revocation_endpoint"]);
        Assert.Equal("""["openid","profile","email","offline_access","things:read","things:write"]""", document["scopes_supported"]!.ToJsonString());
    }

    [Fact, Rfc(8414, "3.3"), Requirement("8414-09")]
    public async Task The_issuer_does_not_follow_the_host_header()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/.well-known/oauth-authorization-server") { Headers = { Host = "evil.example" } };
        request.Headers.TryAddWithoutValidation("X-Forwarded-Host", "evil.example");
        using var answer = await node.Auth.SendAsync(request);
        Assert.DoesNotContain("evil", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact, Rfc(8414, "2"), Requirement("8414-03")]
    public async Task Assertions_are_signed_by_named_algorithms_and_never_by_none()
    {
        var document = await node.Auth.GetFromJsonAsync<JsonObject>("/.well-known/oauth-authorization-server");
        foreach (var endpoint in (string[])["token", "introspection", "revocation"])
        {
            var algorithms = document![$"{endpoint}_endpoint_auth_signing_alg_values_supported"]!.AsArray().Select(item => (string)item!).ToList();
            Assert.Contains("ES256", algorithms);
            Assert.DoesNotContain("none", algorithms);
        }
    }

    [Theory, Rfc(8414, "3"), Requirement("8414-13", "8414-14")]
    [InlineData("/.well-known/oauth-authorization-server")]
    [InlineData("/.well-known/openid-configuration")]
    [InlineData("/pf/JWKS")]
    public async Task What_is_public_may_be_kept_and_read_by_every_page(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Origin", "https://spa.example");
        using var answer = await node.Auth.SendAsync(request);
        Assert.Equal("*", answer.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Credentials"));
        Assert.True(answer.Headers.CacheControl!.MaxAge > TimeSpan.Zero && !answer.Headers.CacheControl.NoStore);
    }

    [Fact, Rfc(7517, "5")]
    public async Task The_keys_are_public_and_nothing_else()
    {
        var set = await node.Auth.GetFromJsonAsync<JsonObject>("/pf/JWKS");
        var key = Assert.Single(set!["keys"]!.AsArray())!.AsObject();
        Assert.Equal(["kty", "crv", "x", "y", "use", "alg", "kid"], key.Select(member => member.Key));
    }
}
