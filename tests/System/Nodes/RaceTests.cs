using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Web;

namespace Gatehouse.Tests.System.Nodes;

/// <summary>What may be used once is used once, however many nodes are asked at the same moment: two processes, one PostgreSQL.</summary>
[Collection(NodeJourneys.Name)]
public sealed class RaceTests(TwoNodes nodes) : IDisposable
{
    private const int Races = 1000;
    private const string Callback = "https://app.example.com/callback";

    // RFC 7636 Appendix B.
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    private readonly HttpClient _http = nodes.Http();

    private readonly Person _person = nodes.OpenBrowser();

    public void Dispose()
    {
        _http.Dispose();
        _person.Dispose();
    }

    [Fact]
    public async Task A_code_is_redeemed_once_and_one_refresh_token_of_two_lives()
    {
        Assert.SkipWhen(PostgresCluster.MissingReason is not null, PostgresCluster.MissingReason ?? string.Empty);
        var clientId = await RegisterAsync("none", jwks: null);
        await ObtainCodeAsync(clientId); // Signs in and allows once; from then on requests are answered without a page.
        await RunAsync(2 * Races, async number =>
        {
            var form = $"grant_type=authorization_code&client_id={clientId}&code_verifier={Verifier}&code={await ObtainCodeAsync(clientId)}";
            if (number % 2 == 0)
            {
                Assert.Equal(1, await WinsAsync(form));
                return;
            }
            var refreshToken = (await PostAsync(0, form)).GetProperty("refresh_token").GetString();
            var successors = (await BothAsync($"grant_type=refresh_token&client_id={clientId}&refresh_token={refreshToken}"))
                .Where(answer => answer.TryGetProperty("refresh_token", out _)).Select(answer => answer.GetProperty("refresh_token").GetString()).ToList();
            Assert.NotEmpty(successors);
            var alive = 0;
            foreach (var successor in successors)
                if ((await PostAsync(0, $"grant_type=refresh_token&client_id={clientId}&refresh_token={successor}")).TryGetProperty("access_token", out _)) alive++;
            Assert.InRange(alive, 0, 1);
        });
    }

    [Fact]
    public async Task A_pushed_request_begins_once()
    {
        Assert.SkipWhen(PostgresCluster.MissingReason is not null, PostgresCluster.MissingReason ?? string.Empty);
        var clientId = await RegisterAsync("none", jwks: null);
        await RunAsync(Races, async _ =>
        {
            var pushed = await PostAsync(0, Request(clientId), "/as/par.oauth2");
            var path = $"/as/authorization.oauth2?client_id={clientId}&request_uri={Uri.EscapeDataString(pushed.GetProperty("request_uri").GetString()!)}";
            var answers = await Task.WhenAll(nodes.AuthServers.Select(server => _http.GetAsync(new Uri(server + path))));
            Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.SeeOther);
        });
    }

    [Fact]
    public async Task A_client_assertion_counts_once()
    {
        Assert.SkipWhen(PostgresCluster.MissingReason is not null, PostgresCluster.MissingReason ?? string.Empty);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        var clientId = await RegisterAsync("private_key_jwt", new JsonObject
        {
            ["keys"] = new JsonArray(new JsonObject
            {
                ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y),
            }),
        });
        await RunAsync(Races, async number => Assert.Equal(1, await WinsAsync("grant_type=client_credentials&client_assertion_type="
            + $"urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion={Assertion(key, clientId, number)}")));
    }

    private static Task RunAsync(int races, Func<int, Task> race) => Parallel.ForEachAsync(
        Enumerable.Range(0, races), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken },
        async (number, _) => await race(number));

    private async Task<string> RegisterAsync(string method, JsonObject? jwks)
    {
        var body = new JsonObject
        {
            ["client_name"] = "Racer", ["apis"] = new JsonArray(new JsonObject { ["api"] = TwoNodes.Api }), ["token_endpoint_auth_method"] = method,
        };
        if (jwks is not null) body["jwks"] = jwks;
        else (body["grant_types"], body["redirect_uris"]) = (new JsonArray("authorization_code", "refresh_token"), new JsonArray(Callback));
        return (await nodes.Admin.SendAsync(HttpMethod.Post, "/applications", body)).GetProperty("client_id").GetString()!;
    }

    private async Task<string> ObtainCodeAsync(string clientId)
    {
        var arrival = await _person.VisitAsync("/as/authorization.oauth2?" + Request(clientId));
        return HttpUtility.ParseQueryString(new Uri(arrival.Url).Query)["code"]!;
    }

    private async Task<int> WinsAsync(string form) => (await BothAsync(form)).Count(answer => answer.TryGetProperty("access_token", out _));

    private Task<JsonElement[]> BothAsync(string form) => Task.WhenAll(PostAsync(0, form), PostAsync(1, form));

    private async Task<JsonElement> PostAsync(int node, string form, string path = "/as/token.oauth2")
    {
        using var content = new StringContent(form, new global::System.Net.Http.Headers.MediaTypeHeaderValue("application/x-www-form-urlencoded"));
        using var answer = await _http.PostAsync(new Uri(nodes.AuthServers[node] + path), content);
        Assert.True((int)answer.StatusCode < 500, $"{path} answers {(int)answer.StatusCode}.");
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync());
    }

    private static string Request(string clientId) =>
        $"response_type=code&client_id={clientId}&scope=openid&code_challenge={Challenge}&code_challenge_method=S256";

    private string Assertion(ECDsa key, string clientId, int number)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var payload = new JsonObject
        {
            ["iss"] = clientId, ["sub"] = clientId, ["aud"] = nodes.AuthServers[0], ["exp"] = now + 60, ["jti"] = $"race-{number}",
        };
        var input = $"{Encode("""{"alg":"ES256"}""")}.{Encode(payload.ToJsonString())}";
        lock (key)
            return $"{input}.{Base64Url.EncodeToString(key.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation))}";
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));
}
