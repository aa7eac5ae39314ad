using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.Composition;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Registration;

namespace Gatehouse.Tests.Spec.Metadata;

/// <summary>What is told about mutual TLS, and to whom it is offered: only what works.</summary>
public sealed class MutualTlsMetadataTests(MutualTlsNode house) : IClassFixture<MutualTlsNode>
{
    private const string Document = "/.well-known/oauth-authorization-server";

    [Fact, Rfc(8705, "5"), Rfc(8705, "3.3"), Rfc(8705, "2.1.1"), Rfc(8705, "2.2.1")]
    public async Task With_the_listener_the_aliases_and_methods_are_told()
    {
        var document = (await house.Node.Auth.GetFromJsonAsync<JsonObject>(Document))!;
        var aliases = document["mtls_endpoint_aliases"]!.AsObject();
        Assert.Equal(
            ["token_endpoint", "introspection_endpoint", "revocation_endpoint", "pushed_authorization_request_endpoint", "device_authorization_endpoint", "userinfo_endpoint"],
            aliases.Select(alias => alias.Key));
        foreach (var (name, alias) in aliases)
            Assert.Equal((string?)alias, ((string)document[name]!).Replace(TestNode.Issuer, MutualTlsNode.Url, StringComparison.Ordinal));
        Assert.True((bool)document["tls_client_certificate_bound_access_tokens"]!);
        foreach (var list in new[] { "token_endpoint", "introspection_endpoint", "revocation_endpoint" })
            Assert.Superset(new HashSet<string> { "tls_client_auth", "self_signed_tls_client_auth" }, Methods(document, list));

        using var client = house.Node.Connect(house.Node.MutualAddress!, ClientAuthority.SelfSigned());
        Assert.Equal(document.ToJsonString(), (await client.GetFromJsonAsync<JsonObject>(Document))!.ToJsonString());
        var resource = (await house.Node.Gateway.GetFromJsonAsync<JsonObject>("/.well-known/oauth-protected-resource/things"))!;
        Assert.True((bool)resource["tls_client_certificate_bound_access_tokens"]!);
    }

    [Fact, Rfc(8705, "5")]
    public async Task Switched_off_nothing_is_told()
    {
        await using var node = new TestNode();
        await node.InitializeAsync();
        var document = (await node.Auth.GetFromJsonAsync<JsonObject>(Document))!;
        Assert.Null(document["mtls_endpoint_aliases"]);
        Assert.Null(document["tls_client_certificate_bound_access_tokens"]);
        Assert.DoesNotContain(Methods(document, "token_endpoint"), method => method.Contains("tls", StringComparison.Ordinal));
        Assert.Null((await node.Gateway.GetFromJsonAsync<JsonObject>("/.well-known/oauth-protected-resource/things"))!["tls_client_certificate_bound_access_tokens"]);
    }

    [Fact, Rfc(8705, "5")]
    public async Task With_a_proxy_at_the_issuer_there_are_methods_and_no_aliases()
    {
        await using var node = new TestNode { ClientCertificates = new CertificateOptions { Proxies = [IPNetwork.Parse("192.0.2.0/24")] } };
        await node.InitializeAsync();
        var document = (await node.Auth.GetFromJsonAsync<JsonObject>(Document))!;
        Assert.Null(document["mtls_endpoint_aliases"]);
        Assert.True((bool)document["tls_client_certificate_bound_access_tokens"]!);
        Assert.Contains("self_signed_tls_client_auth", Methods(document, "token_endpoint"));
    }

    [Fact, Rfc(8705, "2.1.2"), Rfc(8705, "3.4"), Rfc(7591, "2")]
    public async Task An_application_registers_itself_for_what_works()
    {
        var rules = RegistrationHouse.Rules(RegistrationMode.Open);
        await using var on = new TestNode { Registration = rules, ClientCertificates = MutualTlsNode.Listening with { Authorities = [house.Authority.Certificate] } };
        await using var off = new TestNode { Registration = rules };
        await on.InitializeAsync();
        await off.InitializeAsync();
        var metadata = RegistrationHouse.Metadata("tls_client_auth");
        metadata["tls_client_auth_san_dns"] = "client.example";
        metadata["tls_client_certificate_bound_access_tokens"] = true;

        var registered = await on.RegisterAsync(metadata);
        Assert.Equal(201, registered.Status);
        Assert.Equal(("tls_client_auth", "client.example"), (registered["token_endpoint_auth_method"], registered["tls_client_auth_san_dns"]));
        Assert.True((bool)registered.Body["tls_client_certificate_bound_access_tokens"]!);
        (await off.RegisterAsync(metadata)).IsRefused(400, "invalid_client_metadata");
        var bound = RegistrationHouse.Metadata();
        bound["tls_client_certificate_bound_access_tokens"] = true;
        (await off.RegisterAsync(bound)).IsRefused(400, "invalid_client_metadata");
        metadata["tls_client_auth_san_email"] = "a@b.example";
        (await on.RegisterAsync(metadata)).IsRefused(400, "invalid_client_metadata");
    }

    private static HashSet<string> Methods(JsonObject document, string endpoint) =>
        [.. document[endpoint + "_auth_methods_supported"]!.AsArray().Select(method => (string)method!)];
}
