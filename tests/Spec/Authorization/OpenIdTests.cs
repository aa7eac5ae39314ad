using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.SenderConstraint;

namespace Gatehouse.Tests.Spec.Authorization;

/// <summary>OpenID Connect: the ID token and what userinfo tells.</summary>
public sealed class OpenIdTests : IAsyncLifetime
{
    private const string UserInfo = "/idp/userinfo.openid";

    private readonly TestNode _node = new();
    private CodeFlow _flow = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _flow = await CodeFlow.CreateAsync(_node);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Requirement("OIDC-03")]
    public async Task The_id_token_says_who_signed_in_for_which_request()
    {
        var tokens = await ObtainAsync("openid", ("nonce", "n-0S6"));

        var parts = ((string)tokens["id_token"]!).Split('.');
        var (header, claims) = (TokenForge.Read(parts[0]), TokenForge.Read(parts[1]));
        var now = _node.Clock.GetUtcNow().ToUnixTimeSeconds();
        Assert.Equal(("ES256", "JWT"), ((string?)header["alg"], (string?)header["typ"]));
        Assert.Equal((TestNode.Issuer, _flow.UserId.ToString(), _flow.ClientId, "n-0S6"),
            ((string?)claims["iss"], (string?)claims["sub"], (string?)claims["aud"], (string?)claims["nonce"]));
        Assert.InRange((long)claims["auth_time"]!, now - 60, now);
        Assert.InRange((long)claims["exp"]!, now + 1, now + 300);
        var hash = SHA256.HashData(Encoding.ASCII.GetBytes((string)tokens["access_token"]!));
        Assert.Equal(Base64Url.EncodeToString(hash.AsSpan(0, 16)), (string?)claims["at_hash"]);
    }

    [Fact, Requirement("9068-19")]
    public async Task The_id_token_opens_nothing()
    {
        var idToken = (string)(await ObtainAsync("openid things:read"))["id_token"]!;
        using var call = await _node.CallAsync("/things", idToken);
        using var userInfo = await AskAsync(idToken);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (call.StatusCode, userInfo.StatusCode));
    }

    [Fact]
    public async Task Without_openid_there_is_no_id_token()
    {
        var tokens = await ObtainAsync("things:read");
        using var answer = await AskAsync((string)tokens["access_token"]!);

        Assert.Null(tokens["id_token"]);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory, Requirement("OIDC-06")]
    [InlineData("openid", "sub")]
    [InlineData("openid profile", "sub,name")]
    [InlineData("openid email", "sub,email,email_verified")]
    public async Task Userinfo_tells_what_the_scope_allows(string scope, string members)
    {
        var token = (string)(await ObtainAsync(scope))["access_token"]!;
        using var answer = await AskAsync(token);
        using var posted = await AskAsync(token, HttpMethod.Post);
        var body = (await answer.Content.ReadFromJsonAsync<JsonObject>())!;

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (answer.StatusCode, posted.StatusCode));
        Assert.Equal(members, string.Join(',', body.Select(member => member.Key)));
        Assert.Equal(_flow.UserId.ToString(), (string?)body["sub"]);
        using var call = await _node.CallAsync("/things", token);
        Assert.Equal(HttpStatusCode.Unauthorized, call.StatusCode);
    }

    [Fact, Rfc(6750, "3")]
    public async Task Userinfo_wants_a_token_that_lives()
    {
        var tokens = await ObtainAsync("openid");
        using var without = await _node.Auth.GetAsync(UserInfo);
        using var query = await _node.Auth.GetAsync(UserInfo + "?access_token=" + tokens["access_token"]);
        using var taken = await _flow.Browser.PostAsync("/exchange/portals/org/access", ("application", _flow.ApplicationId.ToString()));
        await _node.SettleAsync();
        using var revoked = await AskAsync((string)tokens["access_token"]!);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (without.StatusCode, query.StatusCode, revoked.StatusCode));
        Assert.Contains("invalid_token", revoked.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact, Requirement("9068-18")]
    public async Task Userinfo_of_an_application_that_speaks_for_itself_is_refused()
    {
        using var answer = await AskAsync(await _node.ObtainTokenAsync(await _node.CreateApplicationAsync()));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact, Rfc(9449, "7.1")]
    public async Task Userinfo_wants_the_proof_of_a_bound_token()
    {
        var client = new ProvingClient(_node);
        var form = $"grant_type=authorization_code&code={await _flow.ObtainCodeAsync(("scope", "openid"))}&code_verifier={CodeFlow.Verifier}{_flow.Authentication}";
        var token = (string)(await client.ObtainAsync(form)).Body["access_token"]!;
        var proof = client.Proof("GET", TestNode.Issuer + UserInfo, token);
        using var bearer = await AskAsync(token);
        using var first = await AskAsync(token, proof: proof);
        using var second = await AskAsync(token, proof: proof);

        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.OK, HttpStatusCode.Unauthorized), (bearer.StatusCode, first.StatusCode, second.StatusCode));
    }

    [Fact]
    public async Task The_consent_page_says_what_the_scopes_mean()
    {
        await _flow.SignInAsync();
        var (_, shown) = await _flow.FollowAsync(_flow.Url(("scope", "openid email")));

        Assert.Contains(IdentityScope.InWords(IdentityScope.Email), WebUtility.HtmlDecode(await shown.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [Fact, Rfc(8414, "2")]
    public async Task Both_documents_are_the_same()
    {
        var openId = await _node.Auth.GetStringAsync("/.well-known/openid-configuration");
        var document = JsonNode.Parse(openId)!;

        Assert.Equal(openId, await _node.Auth.GetStringAsync("/.well-known/oauth-authorization-server"));
        Assert.Equal((TestNode.Issuer + UserInfo, """["public"]""", """["ES256","RS256","PS256","EdDSA","Ed25519","ML-DSA-44","ML-DSA-65","ML-DSA-87"]"""),
            ((string?)document["userinfo_endpoint"], document["subject_types_supported"]!.ToJsonString(), document["id_token_signing_alg_values_supported"]!.ToJsonString()));
        Assert.Contains("openid", document["scopes_supported"]!.AsArray().Select(item => (string?)item));
    }

    [Fact]
    public async Task Discovery_says_what_holds_for_sign_in_and_sign_out()
    {
        var document = (await _node.Auth.GetFromJsonAsync<JsonObject>("/.well-known/openid-configuration"))!;

        Assert.Equal(TestNode.Issuer + "/idp/init_logout.openid", (string?)document["end_session_endpoint"]);
        Assert.Equal("""["none","login","consent","select_account"]""", document["prompt_values_supported"]!.ToJsonString());
        Assert.True((bool)document["backchannel_logout_supported"]! && (bool)document["backchannel_logout_session_supported"]!);
        Assert.True((bool)document["request_parameter_supported"]!);
        Assert.False((bool)document["claims_parameter_supported"]! || (bool)document["request_uri_parameter_supported"]!);
        // OpenID Connect Discovery §3: these must be there.
        Assert.All(["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported", "subject_types_supported",
            "id_token_signing_alg_values_supported", "claims_supported"], name => Assert.True(document.ContainsKey(name), name));
    }

    [Fact]
    public async Task An_address_that_nobody_has_verified_is_not_called_verified()
    {
        using var answer = await AskAsync((string)(await ObtainAsync("openid email"))["access_token"]!);

        Assert.False((bool)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["email_verified"]!);
    }

    [Fact]
    public async Task A_refresh_brings_no_second_id_token()
    {
        var refreshed = await _flow.RefreshAsync((string)(await ObtainAsync("openid"))["refresh_token"]!);

        Assert.Equal(200, refreshed.Status);
        Assert.Null(refreshed.Body["id_token"]);
    }

    [Fact]
    public async Task What_is_only_a_wish_disturbs_nothing()
    {
        var tokens = await ObtainAsync("openid", ("display", "popup"), ("ui_locales", "de en"), ("claims_locales", "de"), ("acr_values", "urn:example:gold"),
            ("login_hint", "someone@example.org"), ("id_token_hint", "no.token.atall"), ("claims", """{"userinfo":{"email":{"essential":true}}}"""));

        Assert.NotNull(tokens["id_token"]);
    }

    private async Task<JsonObject> ObtainAsync(string scope, params (string Name, string? Value)[] changes)
    {
        var answer = await _flow.RedeemAsync(await _flow.ObtainCodeAsync([("scope", scope), .. changes]));
        Assert.Equal((200, scope), (answer.Status, (string?)answer.Body["scope"]));
        return answer.Body;
    }

    private Task<HttpResponseMessage> AskAsync(string token, HttpMethod? method = null, string? proof = null)
    {
        var request = new HttpRequestMessage(method ?? HttpMethod.Get, UserInfo);
        request.Headers.TryAddWithoutValidation("Authorization", (proof is null ? "Bearer " : "DPoP ") + token);
        if (proof is not null) request.Headers.TryAddWithoutValidation("DPoP", proof);
        return _node.Auth.SendAsync(request);
    }
}
