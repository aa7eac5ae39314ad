using System.Net;
using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.Tests.Spec.Registration;

namespace Gatehouse.Tests.Spec.Hosting;

/// <summary>Applications that run in a browser call what is theirs to call, from any origin and without the browser's credentials.</summary>
public sealed class CrossOriginTests : IAsyncLifetime
{
    private const string Origin = "https://inspector.example.test";

    private readonly TestNode _node = new() { Registration = RegistrationHouse.Rules(RegistrationMode.Open) };

    public ValueTask InitializeAsync() => _node.InitializeAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Theory, Requirement("7009-13", "9700-19", "9449-17"), Rfc(9700, "2.6")]
    [InlineData("POST", "/as/token.oauth2")]
    [InlineData("POST", "/as/par.oauth2")]
    [InlineData("POST", "/as/device_authz.oauth2")]
    [InlineData("POST", "/as/revoke_token.oauth2")]
    [InlineData("POST", "/as/clients.oauth2")]
    [InlineData("GET", "/as/clients.oauth2/some-client")]
    [InlineData("PUT", "/as/clients.oauth2/some-client")]
    [InlineData("DELETE", "/as/clients.oauth2/some-client")]
    [InlineData("GET", "/idp/userinfo.openid")]
    [InlineData("POST", "/idp/userinfo.openid")]
    [InlineData("GET", "/pf/JWKS")]
    [InlineData("GET", "/.well-known/oauth-authorization-server")]
    [InlineData("GET", "/.well-known/openid-configuration")]
    public async Task A_page_may_call(string method, string path)
    {
        using var preflight = await AskAsync(_node.Auth, method, path);
        using var answer = await CallAsync(_node.Auth, method, path);

        Assert.Equal(HttpStatusCode.NoContent, preflight.StatusCode);
        Assert.Contains(method, One(preflight, "Access-Control-Allow-Methods"), StringComparison.Ordinal);
        Assert.Equal("authorization,dpop,mcp-protocol-version", One(preflight, "Access-Control-Allow-Headers"));
        foreach (var allowed in (HttpResponseMessage[])[preflight, answer])
        {
            Assert.Equal("*", One(allowed, "Access-Control-Allow-Origin"));
            Assert.False(allowed.Headers.Contains("Access-Control-Allow-Credentials"));
        }
        Assert.Equal("WWW-Authenticate,DPoP-Nonce,Retry-After", One(answer, "Access-Control-Expose-Headers"));
    }

    [Theory, Rfc(9700, "2.6")]
    [InlineData("GET", "/as/authorization.oauth2")]
    [InlineData("POST", "/as/authorization.oauth2")]
    [InlineData("POST", "/as/introspect.oauth2")]
    [InlineData("GET", "/admin/v1/applications")]
    [InlineData("GET", "/exchange/portals/org/sign-in")]
    [InlineData("POST", "/exchange/portals/org/sign-in")]
    public async Task A_page_may_not_call(string method, string path)
    {
        using var preflight = await AskAsync(_node.Auth, method, path);
        using var answer = await CallAsync(_node.Auth, method, path);

        Assert.False(preflight.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("POST", "/as/token.oauth2")]
    [InlineData("GET", "/idp/userinfo.openid")]
    public async Task Who_is_no_page_hears_nothing_of_pages(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using var answer = await _node.Auth.SendAsync(request);
        Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [InlineData("/as/token.oauth2")]
    [InlineData("/pf/JWKS")]
    public async Task OPTIONS_that_asks_for_no_method_is_no_preflight_request(string path)
    {
        using var answer = await CallAsync(_node.Auth, "OPTIONS", path);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
    }

    [Fact]
    public async Task Another_method_is_not_promised()
    {
        using var token = await AskAsync(_node.Auth, "GET", "/as/token.oauth2");
        using var keys = await AskAsync(_node.Auth, "POST", "/pf/JWKS");

        Assert.Equal((HttpStatusCode.NoContent, "POST"), (token.StatusCode, One(token, "Access-Control-Allow-Methods")));
        Assert.InRange((int)keys.StatusCode, 400, 499);
        Assert.DoesNotContain(keys.Headers, header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
    }

    [Theory, Requirement("Gateway-11")]
    [InlineData("GET", "/things")]
    [InlineData("PUT", "/things/1")]
    [InlineData("GET", "/.well-known/oauth-protected-resource/things")]
    public async Task A_page_may_call_what_the_gateway_publishes(string method, string path)
    {
        using var preflight = await AskAsync(_node.Gateway, method, path);
        using var answer = await CallAsync(_node.Gateway, method, path);

        Assert.Equal((HttpStatusCode.NoContent, method), (preflight.StatusCode, One(preflight, "Access-Control-Allow-Methods")));
        Assert.Equal("authorization,dpop,mcp-protocol-version", One(preflight, "Access-Control-Allow-Headers"));
        Assert.Equal(("*", "*"), (One(preflight, "Access-Control-Allow-Origin"), One(answer, "Access-Control-Allow-Origin")));
    }

    [Fact]
    public async Task A_page_reads_why_the_gateway_refused_it_and_what_the_API_answers()
    {
        var token = await _node.ObtainTokenAsync(await _node.CreateApplicationAsync());
        using var refused = await CallAsync(_node.Gateway, "GET", "/things");
        using var answered = await _node.CallAsync("/things", token, change: request => request.Headers.Add("Origin", Origin));
        using var elsewhere = await _node.CallAsync("/things", token);

        Assert.Equal((HttpStatusCode.Unauthorized, "*"), (refused.StatusCode, One(refused, "Access-Control-Expose-Headers")));
        Assert.Equal((HttpStatusCode.OK, "*"), (answered.StatusCode, One(answered, "Access-Control-Allow-Origin")));
        Assert.False(elsewhere.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Theory]
    [InlineData("DELETE", "/things")]
    [InlineData("GET", "/nothing")]
    [InlineData("POST", "/.well-known/oauth-protected-resource/things")]
    public async Task What_is_not_published_is_not_promised(string method, string path)
    {
        using var preflight = await AskAsync(_node.Gateway, method, path);
        Assert.InRange((int)preflight.StatusCode, 400, 499);
        Assert.Empty(_node.Upstream.Calls);
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient http, string method, string path) => SendAsync(http, "OPTIONS", path,
        ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", "authorization,dpop,mcp-protocol-version"));

    private static Task<HttpResponseMessage> CallAsync(HttpClient http, string method, string path) => SendAsync(http, method, path);

    private static async Task<HttpResponseMessage> SendAsync(HttpClient http, string method, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Add("Origin", Origin);
        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return await http.SendAsync(request);
    }

    private static string One(HttpResponseMessage answer, string name) =>
        Assert.Single(answer.Headers.GetValues(name));
}
