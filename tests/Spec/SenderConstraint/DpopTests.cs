using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gatehouse.Founding;
using Gatehouse.Tests.Spec.Authorization;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.SenderConstraint;

/// <summary>DPoP, from the token request to the call.</summary>
public sealed class DpopTests : IAsyncLifetime
{
    private readonly TestNode _node = new();
    private Credentials _application = null!;
    private ProvingClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _application = await _node.CreateApplicationAsync();
        await _node.SettleAsync();
        _client = new ProvingClient(_node);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Rfc(9449, "5"), Rfc(9449, "6.1"), Rfc(9449, "7.1"), Rfc(9449, "8"), Requirement("9449-01", "9449-15", "9700-28")]
    public async Task A_token_is_bound_to_the_key_and_works_with_its_proof()
    {
        var token = await ObtainAsync();

        Assert.Equal(_client.Thumbprint, (string?)TokenForge.Read(token.Split('.')[1])["cnf"]!["jkt"]);
        using var call = await _client.CallAsync(token, _client.CallProof(token));
        Assert.Equal(HttpStatusCode.OK, call.StatusCode);
        Assert.True(_node.Upstream.Calls.TryDequeue(out var received));
        Assert.DoesNotContain("DPoP", received.Headers.Keys, StringComparer.OrdinalIgnoreCase);
    }

    [Fact, Rfc(9449, "11.1")]
    public async Task A_call_that_may_not_be_made_uses_no_proof_up()
    {
        var token = await ObtainAsync();
        var contract = (await _node.FindAsync(_application.ClientId)).Contracts.Single();
        await _node.Founder.Contracts.DecideAsync(contract.Id, Gatehouse.Store.Model.ContractState.Suspended, Gatehouse.Store.Operations.Actor.System);
        await _node.SettleAsync();
        var proof = _client.CallProof(token);
        for (var time = 0; time < 2; time++)
        {
            using var call = await _client.CallAsync(token, proof);
            Assert.Equal(HttpStatusCode.Forbidden, call.StatusCode);
        }
    }

    [Fact, Rfc(9449, "7.2")]
    public async Task A_bound_token_is_no_bearer_token()
    {
        var token = await ObtainAsync();
        using var bearer = await _node.CallAsync("/things", token);
        using var noProof = await _client.CallAsync(token, proof: null);

        ProvingClient.IsRefused(bearer, "invalid_token");
        Assert.StartsWith("DPoP ", bearer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        ProvingClient.IsRefused(noProof, "invalid_dpop_proof");
    }

    [Fact, Rfc(9449, "7.2")]
    public async Task A_bearer_token_is_not_taken_with_the_other_scheme()
    {
        var bearer = await _node.ObtainTokenAsync(_application);
        using var answer = await _client.CallAsync(bearer, _client.CallProof(bearer));

        ProvingClient.IsRefused(answer, "invalid_token");
    }

    [Fact, Rfc(9449, "11.1"), Requirement("9449-10")]
    public async Task A_proof_is_taken_once()
    {
        var token = await ObtainAsync();
        var proof = _client.CallProof(token);
        using var first = await _client.CallAsync(token, proof);
        using var second = await _client.CallAsync(token, proof);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        ProvingClient.IsRefused(second, "invalid_dpop_proof");

        var atIssuer = _client.Proof("POST", TestNode.Issuer + TokenRequests.Endpoint);
        Assert.Equal(200, (await _client.PostAsync(Form, atIssuer)).Status);
        (await _client.PostAsync(Form, atIssuer)).IsRefused(400, "invalid_dpop_proof");
    }

    [Fact, Rfc(9449, "9"), Requirement("9449-16")]
    public async Task The_gateway_asks_for_a_nonce_of_ours()
    {
        var token = await ObtainAsync();
        _client.Nonce = string.Empty;
        using var without = await _client.CallAsync(token, _client.CallProof(token));
        ProvingClient.IsRefused(without, "use_dpop_nonce");
        _client.Nonce = without.Headers.GetValues("DPoP-Nonce").Single();
        using var with = await _client.CallAsync(token, _client.CallProof(token));
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);

        _node.Clock.Advance(TimeSpan.FromMinutes(2));
        using var next = await _client.CallAsync(token, _client.CallProof(token));
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        Assert.NotEqual(_client.Nonce, next.Headers.GetValues("DPoP-Nonce").Single());

        _node.Clock.Advance(TimeSpan.FromMinutes(2));
        using var late = await _client.CallAsync(token, _client.CallProof(token));
        ProvingClient.IsRefused(late, "use_dpop_nonce");
    }

    public static TheoryData<string, string> WrongClaims => new()
    {
        { "htm", "\"PUT\"" }, { "htm", "null" }, { "htu", "\"https://elsewhere.example/things\"" }, { "htu", $"\"{TestNode.ApiUrl}/Things\"" },
        { "htu", $"\"{TestNode.ApiUrl}/things/\"" }, { "htu", "\"/things\"" }, { "ath", "\"AAAA\"" }, { "ath", "null" }, { "jti", "null" }, { "jti", "\"\"" },
        { "iat", "1" }, { "iat", "99999999999" }, { "iat", "\"1\"" }, { "iat", "1e30" }, { "htu", "\"mailto:a@b\"" }, { "htu", "\"https://[::1\"" },
    };

    [Theory, Rfc(9449, "4.3"), MemberData(nameof(WrongClaims)), Requirement("9449-06", "9449-09")]
    public async Task A_proof_of_something_else_is_refused(string claim, string json)
    {
        var token = await ObtainAsync();
        using var answer = await _client.CallAsync(token, _client.CallProof(token, payload => payload[claim] = JsonNode.Parse(json)));

        ProvingClient.IsRefused(answer, "invalid_dpop_proof");
        if (claim == "ath") return; // No token stands beside a token request.
        (await _client.ObtainAsync(Form, payload => payload[claim] = JsonNode.Parse(json))).IsRefused(400, "invalid_dpop_proof");
    }

    [Theory, Rfc(9449, "4.3"), Requirement("9449-03", "9449-04", "9449-05")]
    [InlineData("typ", "\"JWT\"")]
    [InlineData("alg", "\"none\"")]
    [InlineData("alg", "\"HS256\"")]
    [InlineData("alg", "\"ES384\"")]
    [InlineData("jwk", "null")]
    [InlineData("jwk", """{"kty":"oct","k":"AAAA"}""")]
    public async Task A_malformed_proof_is_refused(string member, string json) =>
        (await _client.ObtainAsync(Form, header: header => header[member] = JsonNode.Parse(json))).IsRefused(400, "invalid_dpop_proof");

    [Fact, Rfc(9449, "4.3"), Requirement("9449-05")]
    public async Task A_proof_with_the_private_key_in_it_is_refused() =>
        (await _client.ObtainAsync(Form, header: header => header["jwk"]!["d"] = "AAAA")).IsRefused(400, "invalid_dpop_proof");

    [Theory, Rfc(9449, "4.3")]
    [InlineData("""{"htm":"POST","jti":"\ud800"}""")]
    [InlineData("""{"\udc00":1}""")]
    [InlineData("""{"htm":"POST","htm":"POST"}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task A_payload_that_is_no_text_is_refused(string payload)
    {
        await _client.LearnNonceAsync(Form);
        var parts = _client.Proof("POST", TestNode.Issuer + TokenRequests.Endpoint).Split('.');

        (await _client.PostAsync(Form, $"{parts[0]}.{TokenForge.Encode(payload)}.{parts[2]}")).IsRefused(400, "invalid_dpop_proof");
    }

    [Fact, Rfc(9449, "4.3"), Requirement("9449-02")]
    public async Task Two_proofs_are_refused()
    {
        await _client.LearnNonceAsync(Form);
        var proof = _client.Proof("POST", TestNode.Issuer + TokenRequests.Endpoint);

        (await _client.PostAsync(Form, proof, proof)).IsRefused(400, "invalid_dpop_proof");
    }

    [Fact, Rfc(9449, "7.1")]
    public async Task Another_key_does_not_open_the_token()
    {
        var token = await ObtainAsync();
        var thief = new ProvingClient(_node) { Nonce = _client.Nonce };
        using var answer = await thief.CallAsync(token, thief.CallProof(token));

        ProvingClient.IsRefused(answer, "invalid_dpop_proof");
    }

    [Fact, Rfc(9449, "4.3")]
    public async Task The_query_does_not_count()
    {
        var token = await ObtainAsync();
        using var answer = await _client.CallAsync(token, _client.CallProof(token), path: "/things?page=2");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory, Rfc(9449, "4.3"), Requirement("9449-08")]
    [InlineData("HTTPS://API.EXAMPLE.TEST:443/things")]
    [InlineData("https://api.example.test/%74hings")]
    [InlineData("https://api.example.test/things#part")]
    public async Task Another_spelling_of_the_address_is_the_same(string address)
    {
        var token = await ObtainAsync();
        using var answer = await _client.CallAsync(token, _client.CallProof(token, payload => payload["htu"] = address));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory, Rfc(9449, "4.3"), Requirement("9449-09")]
    [InlineData(10, true)]
    [InlineData(-10, true)]
    [InlineData(3600, false)]
    [InlineData(-3600, false)]
    public async Task Its_time_is_near(int seconds, bool isTaken)
    {
        var token = await ObtainAsync();
        using var answer = await _client.CallAsync(token, _client.CallProof(token, payload => payload["iat"] = (long)payload["iat"]! + seconds));
        Assert.Equal(isTaken ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact, Rfc(9449, "5.2"), Requirement("9449-19")]
    public async Task An_application_that_must_bind_gets_no_bearer_token()
    {
        var flow = await CodeFlow.CreateAsync(_node, change: draft => draft with { DpopBoundAccessTokens = true });
        var code = await flow.ObtainCodeAsync();

        (await flow.RedeemAsync(code)).IsRefused(400, "invalid_dpop_proof");
        Assert.Equal("DPoP", (string?)(await _client.ObtainAsync(RedeemForm(flow, code))).Body["token_type"]);
    }

    [Fact, Rfc(9449, "5"), Requirement("9449-18")]
    public async Task The_refresh_token_is_bound_to_the_key()
    {
        var flow = await CodeFlow.CreateAsync(_node, isPublic: true);
        var answer = await _client.ObtainAsync(RedeemForm(flow, await flow.ObtainCodeAsync()));
        var form = $"grant_type=refresh_token&refresh_token={answer.Body["refresh_token"]}{flow.Authentication}";

        (await _node.Auth.PostTokenAsync(form)).IsRefused(400, "invalid_grant");
        (await new ProvingClient(_node).ObtainAsync(form)).IsRefused(400, "invalid_grant");
        Assert.Equal((200, "DPoP"), ((await _client.ObtainAsync(form)) is var refreshed ? refreshed.Status : 0, (string?)refreshed.Body["token_type"]));
    }

    [Fact, Rfc(9449, "10"), Requirement("9449-20")]
    public async Task A_code_is_bound_to_the_key_that_the_request_names()
    {
        var flow = await CodeFlow.CreateAsync(_node);
        var code = await flow.ObtainCodeAsync(("dpop_jkt", _client.Thumbprint));

        (await flow.RedeemAsync(code)).IsRefused(400, "invalid_grant");
        (await new ProvingClient(_node).ObtainAsync(RedeemForm(flow, code))).IsRefused(400, "invalid_grant");
        Assert.Equal(200, (await _client.ObtainAsync(RedeemForm(flow, code))).Status);
    }

    [Fact, Rfc(9449, "10.1")]
    public async Task A_pushed_request_with_a_proof_binds_the_code()
    {
        var flow = await CodeFlow.CreateAsync(_node);
        await _client.LearnNonceAsync(Form);
        var answer = await PushAsync(flow, string.Empty);
        var location = await flow.AllowAtAsync($"{CodeFlow.Endpoint}?client_id={flow.ClientId}&request_uri={Uri.EscapeDataString((string)answer["request_uri"]!)}");
        var code = CodeFlow.Parameter(location, "code")!;

        Assert.Equal("invalid_request", (string?)(await PushAsync(flow, "&dpop_jkt=" + new ProvingClient(_node).Thumbprint))["error"]);
        (await flow.RedeemAsync(code)).IsRefused(400, "invalid_grant");
        Assert.Equal(200, (await _client.ObtainAsync(RedeemForm(flow, code))).Status);
    }

    [Fact, Rfc(9449, "5.1"), Requirement("9449-22")]
    public async Task The_metadata_advertises_it()
    {
        var document = await _node.Auth.GetFromJsonAsync<JsonObject>("/.well-known/oauth-authorization-server");

        Assert.Contains("ES256", document!["dpop_signing_alg_values_supported"]!.AsArray().Select(item => (string?)item));
    }

    private string Form => TokenRequests.Form(_application);

    private static string RedeemForm(CodeFlow flow, string code) =>
        $"grant_type=authorization_code&code={code}&code_verifier={CodeFlow.Verifier}{flow.Authentication}";

    private async Task<string> ObtainAsync()
    {
        var answer = await _client.ObtainAsync(Form);
        Assert.Equal((200, "DPoP"), (answer.Status, (string?)answer.Body["token_type"]));
        return (string)answer.Body["access_token"]!;
    }

    private async Task<JsonObject> PushAsync(CodeFlow flow, string more)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/as/par.oauth2")
        {
            Content = new StringContent($"{flow.Url().Split('?', 2)[1]}&client_secret={flow.Secret}{more}",
                new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-www-form-urlencoded")),
        };
        request.Headers.TryAddWithoutValidation("DPoP", _client.Proof("POST", TestNode.Issuer + "/as/par.oauth2"));
        using var answer = await _node.Auth.SendAsync(request);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }
}
