using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.Tests.Spec.Authorization;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Token;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Tests.Spec.Registration;

/// <summary>Clients that are named by the URL of a document about them (draft-ietf-oauth-client-id-metadata-document).</summary>
public sealed class DocumentTests : IAsyncLifetime
{
    private Publisher _publisher = null!;
    private TestNode _node = null!;
    private CodeFlow _flow = null!;

    public async ValueTask InitializeAsync()
    {
        _publisher = await Publisher.StartAsync();
        _node = new TestNode
        {
            Outgoing = _publisher.Rules,
            Registration = RegistrationHouse.Rules(RegistrationMode.Off) with { DocumentHosts = ["127.0.0.1"] },
        };
        await _node.InitializeAsync();
        _flow = await CodeFlow.CreateAsync(_node);
        await _flow.SignInAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _node.DisposeAsync();
        await _publisher.DisposeAsync();
    }

    [Fact]
    public async Task Its_client_gets_a_token_that_opens_the_API()
    {
        var url = Publish("/client.json");

        var code = await _flow.ObtainCodeAsync(("client_id", url));
        var answer = await _node.Auth.PostTokenAsync($"grant_type=authorization_code&code={code}&code_verifier={CodeFlow.Verifier}&client_id={Uri.EscapeDataString(url)}");

        Assert.Equal(200, answer.Status);
        using var call = await _node.CallAsync("/things", (string)answer.Body["access_token"]!);
        Assert.Equal(HttpStatusCode.OK, call.StatusCode);
        Assert.Equal(1, _publisher.Fetches);
    }

    [Fact, Rfc(9126, "2.1")]
    public async Task Its_client_may_begin_with_a_pushed_request()
    {
        var url = Publish("/client.json");

        var pushed = await _node.Auth.PostTokenAsync(_flow.Url(("client_id", url)).Split('?')[1],
            request => request.RequestUri = new Uri("/as/par.oauth2", UriKind.Relative));

        Assert.Equal((201, 1), (pushed.Status, _publisher.Fetches));
        var (_, shown) = await _flow.FollowAsync(
            $"{CodeFlow.Endpoint}?client_id={Uri.EscapeDataString(url)}&request_uri={Uri.EscapeDataString((string)pushed.Body["request_uri"]!)}");
        Assert.Contains("unverified", await shown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_fetched_anew_when_its_time_is_over()
    {
        var url = Publish("/client.json", change: null, maxAge: 120);
        await ShownAsync(url);
        _node.Clock.Advance(TimeSpan.FromSeconds(119));
        await ShownAsync(url);
        Assert.Equal(1, _publisher.Fetches);

        Publish("/client.json", document => document["redirect_uris"] = new JsonArray("https://elsewhere.example.test/"));
        _node.Clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal(HttpStatusCode.BadRequest, (await _flow.FollowAsync(_flow.Url(("client_id", url)))).Answer.StatusCode);
        Assert.Equal(2, _publisher.Fetches);
    }

    [Theory]
    [InlineData("client_id", "\"https://127.0.0.1/another\"")]
    [InlineData("client_secret", "\"x\"")]
    [InlineData("token_endpoint_auth_method", "\"client_secret_post\"")]
    [InlineData("grant_types", """["client_credentials"]""")]
    [InlineData("redirect_uris", "[]")]
    [InlineData("padding", "long")]
    public async Task A_document_that_is_not_right_is_no_client_and_not_asked_for_again_at_once(string member, string json)
    {
        var url = Publish("/client.json", document => document[member] = json == "long" ? new string('x', 6000) : JsonNode.Parse(json));

        for (var attempt = 0; attempt < 2; attempt++)
            Assert.Equal(HttpStatusCode.BadRequest, (await _flow.FollowAsync(_flow.Url(("client_id", url)))).Answer.StatusCode);

        Assert.Equal(1, _publisher.Fetches);
    }

    [Theory]
    [InlineData("https://localhost{0}/client.json")]
    [InlineData("http://127.0.0.1{0}/client.json")]
    [InlineData("https://127.0.0.1{0}/")]
    [InlineData("https://127.0.0.1{0}/a/../client.json")]
    [InlineData("https://127.0.0.1{0}/client.json#x")]
    [InlineData("https://a@127.0.0.1{0}/client.json")]
    public async Task Other_URLs_are_not_asked(string pattern)
    {
        var url = pattern.Replace("{0}", ":" + new Uri(_publisher.Url).Port, StringComparison.Ordinal);

        Assert.Equal(HttpStatusCode.BadRequest, (await _flow.FollowAsync(_flow.Url(("client_id", url)))).Answer.StatusCode);

        Assert.Equal(0, _publisher.Fetches);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        var target = Publish("/client.json");
        _publisher.Documents["/moved.json"] = http => { http.Response.Redirect(target); return Task.CompletedTask; };

        Assert.Equal(HttpStatusCode.BadRequest, (await _flow.FollowAsync(_flow.Url(("client_id", _publisher.Url + "/moved.json")))).Answer.StatusCode);
        Assert.Equal(1, _publisher.Fetches);
    }

    [Fact]
    public async Task The_metadata_says_so()
    {
        var metadata = await _node.Auth.GetFromJsonAsync<JsonObject>("/.well-known/oauth-authorization-server");
        Assert.True((bool)metadata!["client_id_metadata_document_supported"]!);
        Assert.Null(metadata["registration_endpoint"]);
    }

    private async Task ShownAsync(string url)
    {
        var (_, shown) = await _flow.FollowAsync(_flow.Url(("client_id", url)));
        Assert.Contains("unverified", await shown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private string Publish(string path, Action<JsonObject>? change = null, int? maxAge = null)
    {
        var document = RegistrationHouse.Metadata();
        document["client_id"] = _publisher.Url + path;
        change?.Invoke(document);
        _publisher.Documents[path] = http =>
        {
            if (maxAge is { } seconds) http.Response.Headers.CacheControl = $"max-age={seconds}";
            return http.Response.WriteAsync(document.ToJsonString());
        };
        return _publisher.Url + path;
    }
}
