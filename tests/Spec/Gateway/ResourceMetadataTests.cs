using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Gateway;

/// <summary>An application that knows only the address of an API finds out where its tokens come from (RFC 9728).</summary>
public sealed class ResourceMetadataTests(TestNode node) : IClassFixture<TestNode>
{
    [Fact, Rfc(9728, "2"), Rfc(9728, "3"), Rfc(9728, "3.2"), Rfc(9728, "5.1"), Requirement("9728-01", "9728-02", "9728-06", "9728-07")]
    public async Task A_refused_call_leads_to_the_authorization_server()
    {
        using var refused = await node.CallAsync("/things", token: null);
        var challenge = refused.Headers.WwwAuthenticate.First(header => header.Scheme == "Bearer").Parameter!;
        var url = challenge.Split("resource_metadata=\"")[1].TrimEnd('"');

        Assert.Equal($"{TestNode.ApiUrl}/.well-known/oauth-protected-resource/things", url);
        using var answer = await node.CallAsync(new Uri(url).AbsolutePath, token: null);
        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        var metadata = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        Assert.Equal($"{TestNode.ApiUrl}/things", (string?)metadata["resource"]);
        Assert.Equal([TestNode.Issuer], metadata["authorization_servers"]!.AsArray().Select(item => (string)item!));
        Assert.Equal(["things:read", "things:write"], metadata["scopes_supported"]!.AsArray().Select(item => (string)item!));
        Assert.Equal(["header"], metadata["bearer_methods_supported"]!.AsArray().Select(item => (string)item!));
    }

    [Fact, Rfc(9728, "5.1")]
    public async Task A_wrong_token_leads_there_too()
    {
        using var refused = await node.CallAsync("/things", "not-a-jwt");
        var challenge = Assert.Single(refused.Headers.WwwAuthenticate);
        Assert.EndsWith($", resource_metadata=\"{TestNode.ApiUrl}/.well-known/oauth-protected-resource/things\"", challenge.Parameter, StringComparison.Ordinal);
    }

    [Theory, Rfc(9728, "3.1"), Requirement("9728-05")]
    [InlineData("/.well-known/oauth-protected-resource")]
    [InlineData("/.well-known/oauth-protected-resource/nothing")]
    [InlineData("/.well-known/oauth-protected-resource/things/")]
    [InlineData("/.well-known/oauth-protected-resource/things?x=1")]
    [InlineData("/.well-known/oauth-protected-resourcethings")]
    public async Task There_is_none_for_what_is_no_resource(string path)
    {
        using var answer = await node.CallAsync(path, token: null);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_HEAD_has_the_headers_alone_and_a_POST_is_no_call()
    {
        const string path = "/.well-known/oauth-protected-resource/things";
        using var head = await node.CallAsync(path, token: null, HttpMethod.Head);
        using var post = await node.CallAsync(path, token: null, HttpMethod.Post);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (head.StatusCode, post.StatusCode));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
    }
}
