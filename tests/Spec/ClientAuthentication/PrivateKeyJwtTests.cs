using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.ClientAuthentication;

/// <summary>Client authentication by a signed JWT (<c>private_key_jwt</c>).</summary>
public sealed class PrivateKeyJwtTests : IAsyncLifetime
{
    private readonly TestNode _node = new();
    private AssertingApplication _application = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _application = await AssertingApplication.CreateAsync(_node);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Theory, Rfc(7523, "2.2"), Rfc(7521, "4.2")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_assertion_obtains_a_token(bool withClientId)
    {
        var answer = await SendAsync(_application.Assertion(), withClientId ? "&client_id=" + _application.ClientId : string.Empty);

        Assert.Equal(200, answer.Status);
        using var call = await _node.CallAsync("/things", (string)answer.Body["access_token"]!);
        Assert.Equal(200, (int)call.StatusCode);
    }

    [Fact, Rfc(7523, "3"), Requirement("7523-04")]
    public async Task Its_jti_works_once()
    {
        var assertion = _application.Assertion();
        Assert.Equal(200, (await SendAsync(assertion)).Status);

        await IsRefusedAsync(await SendAsync(assertion), "assertion_replayed");
    }

    [Fact, Rfc(7523, "3")]
    public async Task A_request_that_is_refused_for_another_reason_uses_nothing_up()
    {
        var assertion = _application.Assertion();
        (await SendAsync(assertion, "&scope=other:scope")).IsRefused(400, "invalid_scope");

        Assert.Equal(200, (await SendAsync(assertion)).Status);
    }

    [Fact]
    public async Task Of_fifty_at_once_one_wins()
    {
        var assertion = _application.Assertion();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => SendAsync(assertion)));

        Assert.Single(answers, answer => answer.Status == 200);
    }

    public static TheoryData<string, string> Wrong => new()
    {
        { "iss", "\"somebody\"" }, { "iss", "null" }, { "aud", "\"https://other.example\"" }, { "aud", $"[\"{TestNode.Issuer}\"]" },
        { "aud", $"\"{TestNode.Issuer}/as/token.oauth2\"" }, { "aud", $"\"{TestNode.Issuer}/\"" }, { "exp", "null" }, { "exp", "\"9999999999\"" },
        { "exp", "1" }, { "exp", "99999999999" }, { "exp", "1e99" }, { "iat", "99999999999" }, { "nbf", "99999999999" }, { "nbf", "\"1\"" },
        { "jti", "null" }, { "jti", "\"\"" }, { "jti", "7" },
    };

    [Theory, Rfc(7523, "3"), Rfc(7519, "4.1"), MemberData(nameof(Wrong)), Requirement("7523-01", "7523-02", "7523-05", "7523-08")]
    public async Task A_wrong_claim_is_refused(string claim, string json)
    {
        var assertion = _application.Assertion(payload => payload[claim] = JsonNode.Parse(json));

        await IsRefusedAsync(await SendAsync(assertion), "wrong_assertion");
    }

    [Theory, Rfc(8725, "3.11"), Rfc(8725, "3.1")]
    [InlineData("typ", "at+jwt")]
    [InlineData("alg", "none")]
    [InlineData("alg", "HS256")]
    [InlineData("alg", "RS256")]
    [InlineData("alg", "ES384")]
    [InlineData("kid", "unknown")]
    public async Task A_wrong_header_is_refused(string name, string value) =>
        await IsRefusedAsync(await SendAsync(_application.Assertion(header: header => header[name] = value)), "wrong_assertion");

    [Theory, Rfc(7519, "4.1.4"), Requirement("7523-02", "FAPI2-05")]
    [InlineData(9, 200)]
    [InlineData(61, 401)]
    public async Task A_clock_may_go_ten_seconds_ahead(int ahead, int status) =>
        Assert.Equal(status, (await SendAsync(_application.Assertion(payload => payload["iat"] = (long)payload["iat"]! + ahead))).Status);

    [Fact]
    public async Task Another_key_is_refused()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        await IsRefusedAsync(await SendAsync(_application.Assertion(key: other)), "wrong_assertion");
    }

    [Theory, Rfc(6749, "2.3")]
    [InlineData("&client_secret=ghs_x")]
    [InlineData("&client_id=other")]
    public async Task Nothing_else_may_stand_beside_it(string more) => (await SendAsync(_application.Assertion(), more)).IsRefused(400, "invalid_request");

    [Fact, Rfc(7521, "4.2"), Requirement("7523-06")]
    public async Task Both_parameters_are_needed()
    {
        (await _node.Auth.PostTokenAsync("grant_type=client_credentials&client_assertion=" + _application.Assertion())).IsRefused(400, "invalid_request");
        (await _node.Auth.PostTokenAsync(AssertingApplication.Form(string.Empty))).IsRefused(401, "invalid_client");
        (await _node.Auth.PostTokenAsync(AssertingApplication.Form("a.b"))).IsRefused(401, "invalid_client");
    }

    [Fact, Rfc(6749, "2.3")]
    public async Task An_application_registered_for_a_secret_cannot_use_it()
    {
        var credentials = await _node.CreateApplicationAsync();
        var assertion = _application.Assertion(payload => (payload["iss"], payload["sub"]) = (credentials.ClientId, credentials.ClientId));

        (await SendAsync(assertion)).IsRefused(401, "invalid_client");
    }

    [Theory]
    [InlineData("""{"keys":[{"kty":"oct","k":"AAAA"}]}""")]
    [InlineData("""{"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]}""")]
    [InlineData("")]
    public async Task It_needs_a_key_that_can_be_used(string jwks)
    {
        var draft = new ApplicationDraft("x") { TokenEndpointAuthMethod = TokenEndpointAuthMethods.PrivateKeyJwt, Jwks = jwks };

        Assert.Equal("jwks", (await _node.Get<ApplicationOperations>().CreateAsync(_node.Organization.Id, draft, null, Actor.System)).Field);
    }

    [Fact, Rfc(6749, "4.4")]
    public async Task A_public_application_cannot_speak_for_itself()
    {
        var draft = new ApplicationDraft("x") { TokenEndpointAuthMethod = TokenEndpointAuthMethods.None, GrantTypes = [GrantType.ClientCredentials] };

        Assert.Equal("grant_types", (await _node.Get<ApplicationOperations>().CreateAsync(_node.Organization.Id, draft, null, Actor.System)).Field);
    }

    private Task<TokenAnswer> SendAsync(string assertion, string more = "") => _node.Auth.PostTokenAsync(AssertingApplication.Form(assertion, more));

    private async Task IsRefusedAsync(TokenAnswer answer, string cause)
    {
        answer.IsRefused(401, "invalid_client");
        Assert.Equal(cause, (await _node.FindProblemAsync(answer.TraceId)).Code);
    }
}
