using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gatehouse.Founding;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Authorization;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.SenderConstraint;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.Introspection;

/// <summary><c>POST /as/introspect.oauth2</c>.</summary>
public sealed class IntrospectionTests : IAsyncLifetime
{
    private const string Endpoint = "/as/introspect.oauth2";
    private const string Signed = "application/token-introspection+jwt";

    private readonly TestNode _node = new();
    private Credentials _resourceServer = null!;
    private Credentials _application = null!;
    private string _token = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _resourceServer = await _node.CreateApplicationAsync(name: "Things' server");
        _application = await _node.CreateApplicationAsync();
        var things = _node.DescribeApi("things", _node.Upstream.Url);
        things.ResourceServers = [_resourceServer.ClientId];
        await _node.Founder.PublishAsync(things);
        await _node.SettleAsync();
        _token = await _node.ObtainTokenAsync(_application, "things:read");
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Rfc(7662, "2.2"), Rfc(9068, "2.2"), Requirement("7662-04", "7662-07", "7662-08", "7662-13")]
    public async Task The_audience_learns_what_the_token_says()
    {
        var facts = await IntrospectAsync(_resourceServer, _token);

        var claims = TokenForge.Read(_token.Split('.')[1]);
        Assert.Equal("true", facts["active"]!.ToJsonString());
        Assert.Equal("Bearer", (string?)facts["token_type"]);
        Assert.Equal("things:read", (string?)facts["scope"]);
        foreach (var claim in (string[])["iss", "sub", "aud", "client_id", "scope", "exp", "iat", "jti"])
            Assert.Equal(claims[claim]!.ToJsonString(), facts[claim]!.ToJsonString());
    }

    [Fact, Rfc(7662, "4")]
    public async Task Each_API_hears_of_the_scopes_and_the_audience_that_are_its_own()
    {
        var parcels = await _node.Founder.PublishAsync(_node.DescribeApi("parcels", _node.Upstream.Url));
        var flow = await CodeFlow.CreateAsync(_node, change: draft => draft with
        {
            GrantTypes = [Gatehouse.Protocol.Vocabulary.GrantType.ClientCredentials], PlanIds = [.. draft.PlanIds, parcels.Plans.First().Id],
        });
        var token = (string)(await _node.Auth.PostTokenAsync($"grant_type=client_credentials{flow.Authentication}")).Body["access_token"]!;

        var facts = await IntrospectAsync(_resourceServer, token);

        Assert.Equal(("things:read things:write", TestNode.ApiUrl + "/things"), ((string?)facts["scope"], (string?)facts["aud"]));
    }

    [Theory, Rfc(7662, "2.1"), Requirement("7662-03")]
    [InlineData("access_token")]
    [InlineData("refresh_token")]
    [InlineData("unheard")]
    public async Task A_hint_changes_nothing(string hint) =>
        Assert.Equal("true", (await IntrospectAsync(_resourceServer, _token, "&token_type_hint=" + hint))["active"]!.ToJsonString());

    [Fact, Rfc(7662, "2.2"), Rfc(7662, "4"), Requirement("7662-06")]
    public async Task Whoever_is_not_the_audience_learns_nothing()
    {
        var stranger = await _node.CreateApplicationAsync(name: "Stranger");
        Assert.Equal("""{"active":false}""", (await IntrospectAsync(stranger, _token)).ToJsonString());
        Assert.Equal("""{"active":false}""", (await IntrospectAsync(_application, _token)).ToJsonString()); // Its own token says all to it already.

        var others = _node.DescribeApi("others", _node.Upstream.Url);
        others.ResourceServers = [stranger.ClientId];
        await _node.Founder.PublishAsync(others);
        await _node.SettleAsync();
        Assert.Equal("""{"active":false}""", (await IntrospectAsync(stranger, _token)).ToJsonString());
    }

    [Fact, Rfc(7662, "2.2"), Requirement("7662-04")]
    public async Task What_is_no_token_is_not_active()
    {
        foreach (var text in (string[])["junk", _token + "x", _token[..^4], _token.Split('.')[0], "..", _resourceServer.ClientSecret, new string('a', 20_000)])
            Assert.Equal("""{"active":false}""", (await IntrospectAsync(_resourceServer, text)).ToJsonString());
        _node.Clock.Advance(TimeSpan.FromSeconds(86399));
        Assert.Equal("""{"active":false}""", (await IntrospectAsync(_resourceServer, _token)).ToJsonString());
    }

    [Fact, Rfc(7662, "2.1"), Requirement("7662-12")]
    public async Task A_refresh_token_is_told_to_nobody()
    {
        var flow = await CodeFlow.CreateAsync(_node);
        var refreshToken = (string)(await flow.RedeemAsync(await flow.ObtainCodeAsync())).Body["refresh_token"]!;
        Assert.Equal("""{"active":false}""", (await IntrospectAsync(_resourceServer, refreshToken)).ToJsonString());
    }

    [Fact, Rfc(9449, "6.2"), Requirement("9449-23")]
    public async Task The_key_that_a_token_is_bound_to_is_told()
    {
        var client = new ProvingClient(_node);
        var token = (string)(await client.ObtainAsync(TokenRequests.Form(_application))).Body["access_token"]!;
        var facts = await IntrospectAsync(_resourceServer, token);
        Assert.Equal(("DPoP", client.Thumbprint), ((string?)facts["token_type"], (string?)facts["cnf"]!["jkt"]));
    }

    [Fact, Rfc(7662, "2.2")]
    public async Task A_token_whose_contract_is_suspended_is_not_active()
    {
        var contract = (await _node.FindAsync(_application.ClientId)).Contracts.Single();
        await _node.Founder.Contracts.DecideAsync(contract.Id, Store.Model.ContractState.Suspended, Actor.System);
        await _node.SettleAsync();
        Assert.Equal("""{"active":false}""", (await IntrospectAsync(_resourceServer, _token)).ToJsonString());
    }

    [Fact, Rfc(9701, "4"), Rfc(9701, "5")]
    public async Task A_signed_answer_is_a_statement_to_the_caller_and_no_access_token()
    {
        var jwt = await (await SendAsync(_resourceServer, _token, accept: Signed)).Content.ReadAsStringAsync();

        var (header, payload) = (TokenForge.Read(jwt.Split('.')[0]), TokenForge.Read(jwt.Split('.')[1]));
        Assert.Equal(("token-introspection+jwt", "ES256"), ((string?)header["typ"], (string?)header["alg"]));
        Assert.Equal((TestNode.Issuer, _resourceServer.ClientId), ((string?)payload["iss"], (string?)payload["aud"]));
        Assert.Equal("true", payload["token_introspection"]!["active"]!.ToJsonString());
        Assert.Equal(_application.ClientId, (string?)payload["token_introspection"]!["client_id"]);
        Assert.Null(payload["exp"]);
        using var call = await _node.CallAsync("/things", jwt);
        Assert.Equal(401, (int)call.StatusCode);

        var nothing = await (await SendAsync(_resourceServer, "junk", accept: Signed)).Content.ReadAsStringAsync();
        Assert.Equal("""{"active":false}""", TokenForge.Read(nothing.Split('.')[1])["token_introspection"]!.ToJsonString());
    }

    [Fact, Rfc(7662, "2.1"), Rfc(7662, "2.3"), Requirement("7662-02", "7662-11")]
    public async Task Without_authentication_without_a_token_or_by_get_there_is_an_error()
    {
        (await PostAsync($"token={_token}")).IsRefused(401, "invalid_client");
        (await PostAsync(Form(_resourceServer with { ClientSecret = "ghs_wrong" }, _token))).IsRefused(401, "invalid_client");
        (await PostAsync($"client_id={_resourceServer.ClientId}&client_secret={_resourceServer.ClientSecret}")).IsRefused(400, "invalid_request");
        (await PostAsync(Form(_resourceServer, _token) + "&token=again")).IsRefused(400, "invalid_request");
        using var get = await _node.Auth.GetAsync($"{Endpoint}?hint=x");
        Assert.Equal(405, (int)get.StatusCode);
        using var query = await _node.Auth.GetAsync($"{Endpoint}?token={_token}");
        (await TokenAnswer.ReadAsync(query)).IsRefused(400, "invalid_request");
    }

    private async Task<TokenAnswer> PostAsync(string body)
    {
        using var content = new StringContent(body, MediaTypeHeaderValue.Parse("application/x-www-form-urlencoded"));
        return await TokenAnswer.ReadAsync(await _node.Auth.PostAsync(Endpoint, content));
    }

    private async Task<JsonObject> IntrospectAsync(Credentials caller, string token, string more = "")
    {
        using var answer = await SendAsync(caller, token, more);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.ToString());
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    private async Task<HttpResponseMessage> SendAsync(Credentials caller, string token, string more = "", string accept = "application/json")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Endpoint)
        {
            Content = new StringContent(Form(caller, token) + more, MediaTypeHeaderValue.Parse("application/x-www-form-urlencoded")),
        };
        request.Headers.Accept.ParseAdd(accept);
        var answer = await _node.Auth.SendAsync(request);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        if (accept == Signed) Assert.Equal(Signed, answer.Content.Headers.ContentType!.ToString());
        return answer;
    }

    private static string Form(Credentials caller, string token) =>
        $"token={Uri.EscapeDataString(token)}&client_id={caller.ClientId}&client_secret={caller.ClientSecret}";
}
