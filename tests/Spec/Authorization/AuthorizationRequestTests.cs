using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Authorization;

/// <summary>A node with an application that uses codes; its tests change nothing.</summary>
public sealed class CodeFlowNode : IAsyncLifetime
{
    internal TestNode Node { get; } = new();

    internal CodeFlow Flow { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await Node.InitializeAsync();
        Flow = await CodeFlow.CreateAsync(Node);
    }

    public ValueTask DisposeAsync() => Node.DisposeAsync();
}

/// <summary>What an authorization request must be, and how one that is not is answered.</summary>
public sealed class AuthorizationRequestTests(CodeFlowNode fixture) : IClassFixture<CodeFlowNode>
{
    private readonly TestNode _node = fixture.Node;
    private readonly CodeFlow _flow = fixture.Flow;

    public static TheoryData<string, string?, string> Wrong => new()
    {
        { "response_type", null, "invalid_request" }, { "response_type", "token", "unsupported_response_type" },
        { "response_type", "code id_token", "unsupported_response_type" }, { "code_challenge", null, "invalid_request" },
        { "code_challenge", "short", "invalid_request" }, { "code_challenge_method", null, "invalid_request" },
        { "code_challenge_method", "plain", "invalid_request" }, { "code_challenge_method", "S512", "invalid_request" },
        { "code_challenge_method", "s256", "invalid_request" }, { "response_type", "id_token token", "unsupported_response_type" },
        { "response_type", "foo", "unsupported_response_type" }, { "response_mode", "fragment", "invalid_request" },
        { "scope", "things:all", "invalid_scope" }, { "scope", "a\"b", "invalid_scope" }, { "prompt", "none login", "invalid_request" },
        { "prompt", "sing", "invalid_request" }, { "max_age", "-1", "invalid_request" }, { "max_age", "99999999999", "invalid_request" },
        { "request_uri", "https://app.example.test/r", "request_uri_not_supported" },
    };

    [Theory, Rfc(6749, "4.1.2.1"), Rfc(7636, "4.4.1"), Rfc(9700, "2.1.1"), MemberData(nameof(Wrong))]
    [Requirement("6749-17", "6749-18", "6749-34", "6749-47", "6749-48", "6749-51", "7636-03", "7636-04", "9207-02", "9700-05", "9700-07", "OAuth2.1-01")]
    public async Task What_is_wrong_is_told_to_the_application(string name, string? value, string error)
    {
        using var answer = await _flow.Browser.GetAsync(_flow.Url((name, value)));

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        var location = answer.Headers.Location!;
        Assert.StartsWith(CodeFlow.Callback + "?", location.OriginalString, StringComparison.Ordinal);
        Assert.Equal((error, "st&te", TestNode.Issuer), (CodeFlow.Parameter(location, "error"), CodeFlow.Parameter(location, "state"), CodeFlow.Parameter(location, "iss")));
        Assert.Matches(Token.TokenAnswer.Printable, CodeFlow.Parameter(location, "error_description"));
    }

    [Fact, Rfc(6749, "3.1"), Requirement("6749-14")]
    public async Task A_parameter_twice_is_refused()
    {
        using var answer = await _flow.Browser.GetAsync(_flow.Url() + "&scope=things:write");

        Assert.Equal("invalid_request", CodeFlow.Parameter(answer.Headers.Location!, "error"));
    }

    [Theory, Rfc(6749, "3.1.2.4"), Rfc(9700, "2.1"), Rfc(9700, "4.11"), Requirement("6749-22", "6749-23")]
    [InlineData("redirect_uri", "https://app.example.test/callback/")]
    [InlineData("redirect_uri", "https://app.example.test/callback?x=1")]
    [InlineData("redirect_uri", "https://app.example.test/CALLBACK")]
    [InlineData("redirect_uri", "https://app.example.test:443/callback")]
    [InlineData("redirect_uri", "https://evil.example/callback")]
    [InlineData("redirect_uri", "http://app.example.test/callback")]
    [InlineData("redirect_uri", "https://app.example.test/callback#evil")]
    [InlineData("redirect_uri", "https://app.example.test/callback/../evil")]
    [InlineData("redirect_uri", "https://app.example.test/callback%2f..")]
    [InlineData("redirect_uri", "https://app.example.test./callback")]
    [InlineData("redirect_uri", "https://app.example.test.evil.example/callback")]
    [InlineData("redirect_uri", "https://user@app.example.test/callback")]
    [InlineData("redirect_uri", "http://127.0.0.1:80@evil.example/back")]
    [InlineData("redirect_uri", "http://127.0.0.1.evil.example/back")]
    [InlineData("redirect_uri", "http://localhost/back")]
    [InlineData("redirect_uri", "http://127.0.0.1:0/back")]
    [InlineData("redirect_uri", "http://127.0.0.1:99999/back")]
    [InlineData("redirect_uri", null)]
    [InlineData("client_id", "nobody")]
    [InlineData("client_id", null)]
    public async Task Nothing_is_sent_to_an_unproven_address(string name, string? value)
    {
        using var answer = await _flow.Browser.GetAsync(_flow.Url((name, value)));

        Assert.Equal((HttpStatusCode.BadRequest, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Null(answer.Headers.Location);
        Assert.DoesNotContain("evil", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_by_post_is_taken_too()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, CodeFlow.Endpoint)
        {
            Content = new StringContent(_flow.Url().Split('?')[1], new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-www-form-urlencoded")),
        };
        using var answer = await _node.Auth.SendAsync(request);

        Assert.StartsWith("/exchange/portals/org/authorize/", answer.Headers.Location?.OriginalString, StringComparison.Ordinal);
    }

    [Fact, Rfc(9700, "2.4")]
    public async Task The_password_grant_is_refused_with_what_to_use_instead()
    {
        var answer = await Token.TokenRequests.PostTokenAsync(_node.Auth, $"grant_type=password&username=a&password=b&client_id={_flow.ClientId}&client_secret={_flow.Secret}");

        answer.IsRefused(400, "unsupported_grant_type");
        Assert.Contains("authorization_code", (string)answer.Body["error_description"]!, StringComparison.Ordinal);
    }

    [Fact, Rfc(8414, "2"), Rfc(9207, "3"), Requirement("9207-03")]
    public async Task The_metadata_advertises_it()
    {
        var document = JsonNode.Parse(await _node.Auth.GetStringAsync("/.well-known/oauth-authorization-server"))!;

        Assert.Equal(TestNode.Issuer + CodeFlow.Endpoint, (string?)document["authorization_endpoint"]);
        Assert.Equal(("""["code"]""", """["S256"]""", "true"),
            (document["response_types_supported"]!.ToJsonString(), document["code_challenge_methods_supported"]!.ToJsonString(),
                document["authorization_response_iss_parameter_supported"]!.ToJsonString()));
    }
}
