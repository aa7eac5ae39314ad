using System.Buffers.Text;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Token;

public sealed class ClientCredentialsTests(TestNode node) : IClassFixture<TestNode>
{
    [Fact, Rfc(6749, "4.4.3"), Rfc(6749, "5.1"), Requirement("6749-24", "6749-36", "6749-54", "6749-55")]
    public async Task The_answer_is_the_one_of_the_page()
    {
        var answer = await node.Auth.PostTokenAsync(TokenRequests.Form(await node.CreateApplicationAsync()));

        Assert.Equal(200, answer.Status);
        Assert.Equal("application/json", answer.ContentType);
        Assert.Equal(["access_token", "token_type", "expires_in", "scope"], answer.Body.Select(member => member.Key));
        Assert.Equal("Bearer", (string?)answer.Body["token_type"]);
        Assert.Equal(86399, (int)answer.Body["expires_in"]!);
        Assert.Equal("things:read things:write", (string?)answer.Body["scope"]);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.Contains("no-cache", answer.Headers.Pragma.ToString(), StringComparison.Ordinal);
    }

    [Fact, Rfc(9068, "2.1"), Rfc(9068, "2.2"), Rfc(7515, "5.2"), Requirement("6749-55", "9068-01", "9068-05")]
    public async Task The_token_is_a_JWT_that_anybody_can_verify_with_the_published_keys()
    {
        var application = await node.CreateApplicationAsync();
        var token = await node.ObtainTokenAsync(application);

        var parts = token.Split('.');
        var (header, payload) = (TokenForge.Read(parts[0]), TokenForge.Read(parts[1]));
        Assert.Equal(("at+jwt", "ES256"), ((string?)header["typ"], (string?)header["alg"]));
        Assert.Equal(["iss", "sub", "aud", "client_id", "scope", "iat", "exp", "jti"], payload.Select(claim => claim.Key));
        Assert.Equal(TestNode.Issuer, (string?)payload["iss"]);
        Assert.Equal(application.ClientId, (string?)payload["client_id"]);
        Assert.Equal(application.ClientId, (string?)payload["sub"]);
        Assert.Equal($"{TestNode.ApiUrl}/things", (string?)payload["aud"]);
        Assert.Equal(node.Clock.GetUtcNow().ToUnixTimeSeconds(), (long)payload["iat"]!);
        Assert.Equal(86399, (long)payload["exp"]! - (long)payload["iat"]!);
        using var key = await FetchKeyAsync((string)header["kid"]!);
        Assert.True(key.VerifyData(Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256));
    }

    [Fact]
    public async Task Every_token_has_an_id_of_its_own()
    {
        var application = await node.CreateApplicationAsync();
        var ids = new HashSet<string>();
        for (var i = 0; i < 20; i++) ids.Add((string)TokenForge.Read((await node.ObtainTokenAsync(application)).Split('.')[1])["jti"]!);
        Assert.Equal(20, ids.Count);
    }

    [Fact, Rfc(6749, "2.3.1"), Requirement("6749-02")]
    public async Task Credentials_may_come_by_HTTP_Basic()
    {
        var application = await node.CreateApplicationAsync();
        var answer = await node.Auth.PostTokenAsync("grant_type=client_credentials", request => request.UseBasic(application.ClientId, application.ClientSecret));
        Assert.Equal(200, answer.Status);
    }

    [Fact, Rfc(6749, "2.3.1"), Requirement("6749-03")]
    public async Task The_halves_of_HTTP_Basic_are_form_urlencoded()
    {
        var application = await node.CreateApplicationAsync();
        var encoded = string.Concat(application.ClientSecret.Select(c => $"%{(int)c:X2}"));
        var answer = await node.Auth.PostTokenAsync("grant_type=client_credentials", request => request.UseBasic(application.ClientId, encoded));
        Assert.Equal(200, answer.Status);
    }

    [Theory]
    [InlineData("grant_type=client_credentials&client_id={0} &client_secret={1}")]
    [InlineData("grant_type=client_credentials&client_id=+{0}%20&client_secret=%09{1}%0A")]
    public async Task Blanks_around_the_credentials_are_dropped_because_pasting_leaves_some(string form)
    {
        var application = await node.CreateApplicationAsync();
        var body = form.Replace("{0}", application.ClientId, StringComparison.Ordinal).Replace("{1}", application.ClientSecret, StringComparison.Ordinal);
        Assert.Equal(200, (await node.Auth.PostTokenAsync(body)).Status);
    }

    [Theory, Rfc(6749, "3.2"), Requirement("6749-26", "6749-28")]
    [InlineData("&something=else")]
    [InlineData("&scope=")]
    [InlineData("&")]
    [InlineData("&audience=https%3A%2F%2Felsewhere.example&x")]
    public async Task Unknown_and_empty_parameters_are_ignored(string more) =>
        Assert.Equal(200, (await node.Auth.PostTokenAsync(TokenRequests.Form(await node.CreateApplicationAsync(), more))).Status);

    [Fact, Rfc(6749, "3.3"), Requirement("9068-07")]
    public async Task A_smaller_scope_can_be_asked_and_is_not_repeated_in_the_answer()
    {
        var answer = await node.Auth.PostTokenAsync(TokenRequests.Form(await node.CreateApplicationAsync(), "&scope=things%3Aread"));
        Assert.Equal(["access_token", "token_type", "expires_in"], answer.Body.Select(member => member.Key));
        Assert.Equal("things:read", (string?)TokenForge.Read(((string)answer.Body["access_token"]!).Split('.')[1])["scope"]);
    }

    [Fact, Rfc(9068, "3"), Requirement("9068-09")]
    public async Task The_audience_is_the_APIs_that_the_scopes_belong_to()
    {
        var other = await node.Founder.PublishAsync(node.DescribeApi("others", node.Upstream.Url));
        var application = await node.CreateApplicationAsync();
        await RequestContractAsync(application.ClientId, other, "short");

        var both = TokenForge.Read((await node.ObtainTokenAsync(application)).Split('.')[1]);
        var one = TokenForge.Read((await node.ObtainTokenAsync(application, "others:read")).Split('.')[1]);

        Assert.Equal([other.Resource, node.Things.Resource], both["aud"]!.AsArray().Select(item => (string)item!));
        Assert.Equal(other.Resource, (string?)one["aud"]);
        Assert.Equal(600, (long)one["exp"]! - (long)one["iat"]!); // Its plan is shorter.
        Assert.Equal(600, (long)both["exp"]! - (long)both["iat"]!); // The shortest of both.
    }

    [Fact, Rfc(6749, "2.3.1")]
    public async Task Two_secrets_work_at_once()
    {
        var application = await node.CreateApplicationAsync();
        var id = (await node.FindAsync(application.ClientId)).Id;
        var second = await node.Get<SecretOperations>().AddAsync(id, "second", expiresAt: null, Actor.System);
        await node.SettleAsync();

        await node.ObtainTokenAsync(application);
        await node.ObtainTokenAsync(application with { ClientSecret = second.Value!.Secret.Reveal() });
    }

    private async Task RequestContractAsync(string clientId, Api api, string plan)
    {
        var application = await node.FindAsync(clientId);
        await node.Founder.Contracts.RequestAsync(application.Id, api.Plans.Single(row => row.Slug == plan).Id, Actor.System);
        node.Database.Signal.Ring();
        await node.SettleAsync();
    }

    private async Task<ECDsa> FetchKeyAsync(string kid)
    {
        var set = await node.Auth.GetFromJsonAsync<JsonObject>("/pf/JWKS");
        var jwk = set!["keys"]!.AsArray().Single(key => (string?)key!["kid"] == kid)!;
        return ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64Url.DecodeFromChars((string)jwk["x"]!), Y = Base64Url.DecodeFromChars((string)jwk["y"]!) },
        });
    }
}
