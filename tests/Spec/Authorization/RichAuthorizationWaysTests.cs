using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Token;
using static Gatehouse.Tests.Spec.Authorization.Payments;

namespace Gatehouse.Tests.Spec.Authorization;

/// <summary>The other ways by which authorization details come and go: pushed, signed, without a user, by a device, exchanged, introspected, forwarded.</summary>
public sealed class RichAuthorizationWaysTests : IAsyncLifetime
{
    private const string Header = "X-Gatehouse-Authorization-Details";

    private readonly TestNode _node = new();
    private Api _payments = null!;
    private CodeFlow _flow = null!;
    private Founding.Credentials _server = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _server = await _node.CreateApplicationAsync(name: "Things' server");
        _payments = await PublishAsync(_node, _server.ClientId);
        _flow = await CreateFlowAsync(_node, _payments, "pat@example.org");
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Rfc(9396, "6"), Rfc(9396, "4"), Rfc(9396, "7")]
    public async Task An_application_asks_for_itself()
    {
        var answer = await AskAsync(Parameter(Payment(), Thing));
        Assert.Equal(List(Payment(), Thing), DetailsOf(answer));
        Assert.Null(answer.Body["scope"]);

        var one = await AskAsync($"{Parameter(Payment())}&scope=payments:read&resource={Resource}");
        Assert.Equal((List(Payment()), "payments:read"), (DetailsOf(one), (string?)TokenForge.Read(((string)one.Body["access_token"]!).Split('.')[1])["scope"]));
        (await AskAsync($"{Parameter(Thing)}&resource={Resource}")).IsRefused(400, "invalid_authorization_details");
        var refused = await AskAsync(Parameter("""{"type":"unheard"}"""));
        refused.IsRefused(400, "invalid_authorization_details");
        var problem = await _node.FindProblemAsync(refused.TraceId);
        Assert.Equal("unknown_details_type", problem.Code);
        Assert.Contains("No API has this type.", problem.Cause, StringComparison.Ordinal);
        Assert.Null(DetailsOf(await AskAsync("&scope=things:read")));
    }

    [Fact, Rfc(9396, "3"), Rfc(9126, "2.1"), Rfc(9101, "4")]
    public async Task They_are_pushed_and_stand_as_an_array_in_a_request_object()
    {
        using var signing = await SigningFlow.CreateAsync(_node, draft => draft with { AuthorizationDetailsTypes = ["thing_use"], RequirePushedAuthorizationRequests = false });
        Task<(HttpStatusCode Status, JsonObject Body)> PushAsync(JsonNode details) =>
            signing.PushAsync($"client_id={signing.Flow.ClientId}&request={signing.RequestObject(payload => payload["authorization_details"] = details)}");

        var (status, pushed) = await PushAsync(JsonNode.Parse(List(Thing))!);
        Assert.Equal(HttpStatusCode.Created, status);
        var code = CodeFlow.Parameter(await signing.Flow.AllowAtAsync(signing.Url(pushed)), "code")!;
        Assert.Equal(List(Thing), DetailsOf(await signing.Flow.RedeemAsync(code, more: signing.Proof())));

        foreach (var wrong in (JsonNode[])[JsonValue.Create(List(Thing))!, new JsonArray(Thing), new JsonArray(), JsonNode.Parse(List(Payment()))!])
        {
            var refused = await PushAsync(wrong);
            Assert.Equal((HttpStatusCode.BadRequest, "invalid_authorization_details"), (refused.Status, (string?)refused.Body["error"]));
        }
    }

    [Fact, Rfc(9396, "4"), Rfc(8628, "3.1")]
    public async Task A_device_asks_and_its_user_reads_what_for()
    {
        await _flow.SignInAsync();
        var begun = await PostAsync("/as/device_authz.oauth2", _flow.Authentication[1..] + Parameter(Payment(creditor: "<b>Ada</b>")));
        var page = $"/exchange/portals/org/device?user_code={begun["user_code"]}";
        using (var shown = await _flow.Browser.GetAsync(page))
        {
            var html = await shown.Content.ReadAsStringAsync();
            Assert.Contains(Title, html, StringComparison.Ordinal);
            Assert.Contains("&lt;b&gt;Ada&lt;/b&gt;", html, StringComparison.Ordinal);
        }
        using (await _flow.Browser.PostAsync(page, ("Code", (string)begun["user_code"]!), ("decision", "allow")))
        {
        }
        var answer = await _node.Auth.PostTokenAsync($"grant_type={GrantType.DeviceCode}&device_code={begun["device_code"]}{_flow.Authentication}");

        Assert.Equal("<b>Ada</b>", (string?)JsonNode.Parse(DetailsOf(answer)!)![0]!["creditor"]);
        Assert.Null(answer.Body["scope"]);
        Assert.NotNull(DetailsOf(await _flow.RefreshAsync((string)answer.Body["refresh_token"]!)));
        Assert.Equal("invalid_authorization_details", (string?)(await PostAsync("/as/device_authz.oauth2", _flow.Authentication[1..] + Parameter("7")))["error"]);
    }

    [Fact, Rfc(8693, "2.1"), Rfc(9396, "6.1")]
    public async Task An_exchanged_token_carries_no_more()
    {
        var original = (string)(await AskAsync(Parameter(Payment(), Thing))).Body["access_token"]!;
        var middle = await CreateFlowAsync(_node, _payments, "kim@example.org", draft => draft with
        {
            GrantTypes = [GrantType.TokenExchange], TokenExchangeSubjects = [_flow.ClientId], AuthorizationDetailsTypes = ["payment", "account_access"],
        });
        Task<TokenAnswer> ExchangeAsync(string more) => _node.Auth.PostTokenAsync(
            $"grant_type={GrantType.TokenExchange}&subject_token={original}&subject_token_type=urn:ietf:params:oauth:token-type:access_token{middle.Authentication}{more}");

        Assert.Equal(List(Payment()), DetailsOf(await ExchangeAsync(string.Empty)));
        Assert.Equal(List(Payment()), DetailsOf(await ExchangeAsync($"&resource={Resource}{Parameter(Payment())}")));
        (await ExchangeAsync(Parameter(Account))).IsRefused(400, "invalid_authorization_details");
    }

    [Fact, Rfc(9396, "9.2"), Rfc(7662, "2.2"), Rfc(9701, "5")]
    public async Task An_API_learns_by_introspection_what_is_meant_for_it()
    {
        var token = (string)(await AskAsync(Parameter(Payment(), Thing))).Body["access_token"]!;

        Assert.Equal(List(Thing), DetailsOf(await IntrospectAsync(token)));
        var payment = (string)(await AskAsync(Parameter(Payment()) + "&scope=things:read")).Body["access_token"]!;
        var facts = await IntrospectAsync(payment);
        Assert.True((bool)facts["active"]!);
        Assert.Null(DetailsOf(facts));

        using var request = new HttpRequestMessage(HttpMethod.Post, "/as/introspect.oauth2");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/token-introspection+jwt"));
        request.Content = Form($"token={token}&client_id={_server.ClientId}&client_secret={_server.ClientSecret}");
        using var signed = await _node.Auth.SendAsync(request);
        var statement = TokenForge.Read((await signed.Content.ReadAsStringAsync()).Split('.')[1]);
        Assert.Equal(List(Thing), DetailsOf(statement["token_introspection"]!.AsObject()));
    }

    [Theory, Rfc(9396, "9")]
    [InlineData(AccessTokenFormats.Jwt)]
    [InlineData(AccessTokenFormats.Reference)]
    public async Task The_gateway_tells_the_upstream_what_is_meant_for_it(string format)
    {
        var flow = await CreateFlowAsync(_node, _payments, "kim@example.org", draft => draft with { AccessTokenFormat = format });
        var payment = Payment(creditor: "Zoë <Ada>\nO'Neill");
        var answer = await _node.Auth.PostTokenAsync($"grant_type=client_credentials{flow.Authentication}&scope=things:read payments:read{Parameter(payment, Thing)}");
        var token = (string)answer.Body["access_token"]!;
        Assert.Equal(format == AccessTokenFormats.Reference, token.StartsWith("ghat_", StringComparison.Ordinal));

        Assert.Equal(List(Thing), await ForwardedAsync("/things", token));
        var forwarded = (await ForwardedAsync("/payments", token))!;
        Assert.True(forwarded.All(char.IsAscii) && !forwarded.Any(char.IsControl));
        Assert.Equal(payment, JsonNode.Parse(forwarded)![0]!.ToJsonString());
        Assert.Single(JsonNode.Parse(forwarded)!.AsArray());
    }

    [Fact]
    public async Task Nobody_else_can_tell_the_upstream()
    {
        var token = (string)(await AskAsync("&scope=things:read")).Body["access_token"]!;
        Assert.Null(await ForwardedAsync("/things", token));
        Assert.Null(await ForwardedAsync("/things", token, Header));
        Assert.Null(await ForwardedAsync("/things", token, "x_gatehouse_authorization-details"));
    }

    [Fact, Rfc(9396, "10"), Rfc(8414, "2"), Rfc(9728, "2")]
    public async Task The_metadata_name_the_types()
    {
        var metadata = (await _node.Auth.GetFromJsonAsync<JsonObject>("/.well-known/oauth-authorization-server"))!;
        Assert.Equal("""["account_access","payment","thing_use"]""", metadata["authorization_details_types_supported"]!.ToJsonString());
        var resource = (await _node.Gateway.GetFromJsonAsync<JsonObject>("/.well-known/oauth-protected-resource/payments"))!;
        Assert.Equal("""["account_access","payment"]""", resource["authorization_details_types_supported"]!.ToJsonString());

        await _node.Founder.PublishAsync(_node.DescribeApi("payments", _node.Upstream.Url));
        await _node.Founder.PublishAsync(_node.DescribeApi("things", _node.Upstream.Url));
        await _node.SettleAsync();
        Assert.Null((await _node.Auth.GetFromJsonAsync<JsonObject>("/.well-known/oauth-authorization-server"))!["authorization_details_types_supported"]);
        Assert.Null((await _node.Gateway.GetFromJsonAsync<JsonObject>("/.well-known/oauth-protected-resource/payments"))!["authorization_details_types_supported"]);
    }

    private Task<TokenAnswer> AskAsync(string more) => _node.Auth.PostTokenAsync($"grant_type=client_credentials{_flow.Authentication}{more}");

    private Task<JsonObject> IntrospectAsync(string token) =>
        PostAsync("/as/introspect.oauth2", $"token={token}&client_id={_server.ClientId}&client_secret={_server.ClientSecret}");

    private async Task<string?> ForwardedAsync(string path, string token, string? forged = null)
    {
        _node.Upstream.Calls.Clear();
        using var call = await _node.CallAsync(path, token, change: request =>
        {
            if (forged is not null) request.Headers.TryAddWithoutValidation(forged, List(Payment("999999.00")));
        });
        Assert.Equal(HttpStatusCode.OK, call.StatusCode);
        var headers = Assert.Single(_node.Upstream.Calls).Headers;
        Assert.DoesNotContain(headers.Values, value => value.Contains("999999.00", StringComparison.Ordinal));
        return headers.GetValueOrDefault(Header);
    }

    private async Task<JsonObject> PostAsync(string path, string form)
    {
        using var content = Form(form);
        using var answer = await _node.Auth.PostAsync(path, content);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    private static StringContent Form(string form) => new(form, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
}
