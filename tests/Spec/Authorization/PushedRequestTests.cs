using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gatehouse.Protocol.Authorization;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Authorization;

/// <summary>Pushed authorization requests.</summary>
public sealed class PushedRequestTests : IAsyncLifetime
{
    private const string Endpoint = "/as/par.oauth2";

    private readonly TestNode _node = new();
    private CodeFlow _flow = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _flow = await CodeFlow.CreateAsync(_node, change: draft => draft with { RequirePushedAuthorizationRequests = true });
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Rfc(9126, "2.1"), Rfc(9126, "2.2"), Rfc(9126, "4"), Requirement("9126-05", "9126-08")]
    public async Task A_pushed_request_is_answered_like_any_other()
    {
        var (status, body) = await PushAsync(_flow);
        Assert.Equal((HttpStatusCode.Created, "60"), (status, body["expires_in"]!.ToJsonString()));

        var location = await _flow.AllowAtAsync(Url(body) + "&state=ignored&scope=things:write");

        Assert.Equal(("st&te", TestNode.Issuer), (CodeFlow.Parameter(location, "state"), CodeFlow.Parameter(location, "iss")));
        var answer = await _flow.RedeemAsync(CodeFlow.Parameter(location, "code")!);
        Assert.Equal((200, "things:read"), (answer.Status, (string?)answer.Body["scope"]));
    }

    [Fact, Rfc(9126, "4"), Rfc(9126, "7.3"), Requirement("9126-05", "9126-11")]
    public async Task A_reference_works_once_and_for_its_application_alone()
    {
        var (_, body) = await PushAsync(_flow);
        var other = await CodeFlow.CreateAsync(_node, email: "kim@example.org");
        using var foreign = await _flow.Browser.GetAsync(Url(body).Replace(_flow.ClientId, other.ClientId, StringComparison.Ordinal));
        using var first = await _flow.Browser.GetAsync(Url(body));
        using var second = await _flow.Browser.GetAsync(Url(body));

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.SeeOther, HttpStatusCode.BadRequest), (foreign.StatusCode, first.StatusCode, second.StatusCode));
    }

    [Fact, Rfc(9126, "2.2"), Requirement("9126-10")]
    public async Task A_reference_expires_after_a_minute()
    {
        var (_, body) = await PushAsync(_flow);
        _node.Clock.Advance(TimeSpan.FromSeconds(61));

        using var answer = await _flow.Browser.GetAsync(Url(body));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact, Rfc(9126, "6"), Requirement("9126-13")]
    public async Task An_application_that_must_push_cannot_do_without()
    {
        using var answer = await _flow.Browser.GetAsync(_flow.Url());

        Assert.Equal("invalid_request", CodeFlow.Parameter(answer.Headers.Location!, "error"));
    }

    [Theory, Rfc(9126, "2.1"), Rfc(9126, "2.3"), Requirement("7636-04", "9126-02", "9126-03")]
    [InlineData("response_type", "token", "unsupported_response_type")]
    [InlineData("redirect_uri", "https://evil.example/", "invalid_request")]
    [InlineData("request_uri", "urn:ietf:params:oauth:request_uri:x", "invalid_request")]
    [InlineData("scope", "things:all", "invalid_scope")]
    [InlineData("code_challenge", null, "invalid_request")]
    [InlineData("code_challenge_method", "plain", "invalid_request")]
    [InlineData("code_challenge_method", "S512", "invalid_request")]
    [InlineData("code_challenge_method", "s256", "invalid_request")]
    public async Task What_is_wrong_is_told_at_once(string name, string? value, string error)
    {
        var (status, body) = await PushAsync(_flow, (name, value));

        Assert.Equal((HttpStatusCode.BadRequest, error), (status, (string?)body["error"]));
    }

    [Fact, Rfc(9126, "2"), Requirement("9126-06")]
    public async Task It_takes_what_authenticates_at_the_token_endpoint()
    {
        using var wrong = await PostAsync($"{_flow.Url().Split('?')[1]}&client_secret=ghs_wrong");
        using var none = await PostAsync(_flow.Url().Split('?')[1]);
        using var get = await _node.Auth.GetAsync(Endpoint);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.MethodNotAllowed), (wrong.StatusCode, none.StatusCode, get.StatusCode));
    }

    [Fact, Rfc(9126, "5"), Requirement("9126-12")]
    public async Task The_metadata_names_the_endpoint()
    {
        var document = await _node.Auth.GetFromJsonAsync<JsonObject>("/.well-known/oauth-authorization-server");

        Assert.Equal(TestNode.Issuer + Endpoint, (string?)document!["pushed_authorization_request_endpoint"]);
        Assert.Equal(Pkce.Method, (string?)document["code_challenge_methods_supported"]![0]);
    }

    private string Url(JsonObject pushed) =>
        $"{CodeFlow.Endpoint}?client_id={_flow.ClientId}&request_uri={Uri.EscapeDataString((string)pushed["request_uri"]!)}";

    private async Task<(HttpStatusCode Status, JsonObject Body)> PushAsync(CodeFlow flow, params (string Name, string? Value)[] changes)
    {
        var secret = $"&client_secret={flow.Secret}";
        using var answer = await PostAsync(flow.Url(changes).Split('?', 2)[1] + secret);
        return (answer.StatusCode, (await answer.Content.ReadFromJsonAsync<JsonObject>())!);
    }

    private async Task<HttpResponseMessage> PostAsync(string form)
    {
        using var content = new StringContent(form, new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        return await _node.Auth.PostAsync(Endpoint, content);
    }
}
