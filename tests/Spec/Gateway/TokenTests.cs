using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Gateway;

public sealed class TokenTests(TestNode node) : IClassFixture<TestNode>
{
    [Fact, Rfc(6750, "3"), Rfc(6750, "3.1"), Requirement("6750-06", "6750-07", "9449-12")]
    public async Task A_call_without_a_token_gets_a_challenge_without_an_error()
    {
        using var answer = await node.CallAsync("/things", token: null);
        await answer.IsRefusedAsync(401, "missing_token");
        var challenges = answer.Headers.WwwAuthenticate.ToList();
        Assert.Equal(["Bearer", "DPoP"], challenges.Select(challenge => challenge.Scheme));
        Assert.All(challenges, challenge => Assert.StartsWith("realm=\"api\", scope=\"things:read\"", challenge.Parameter, StringComparison.Ordinal));
        Assert.All(challenges, challenge => Assert.DoesNotContain("error", challenge.Parameter, StringComparison.Ordinal));
        Assert.Contains("algs=\"ES256 ", challenges[1].Parameter, StringComparison.Ordinal);

        using var basic = await node.CallAsync("/things", token: null, change: request => request.Headers.TryAddWithoutValidation("Authorization", "Basic YTpi"));
        Assert.Equal((HttpStatusCode.Unauthorized, "Bearer"), (basic.StatusCode, basic.Headers.WwwAuthenticate.First().Scheme));
    }

    [Theory, Rfc(6750, "2.1"), Rfc(9110, "11.1"), Requirement("6750-02")]
    [InlineData("Bearer ")]
    [InlineData("bearer ")]
    [InlineData("BEARER  ")]
    public async Task A_good_token_opens_the_API_whatever_the_case_of_the_scheme(string scheme)
    {
        var token = await node.ObtainTokenAsync(await node.CreateApplicationAsync());
        using var answer = await node.CallAsync("/things", token: null, change: request => request.Headers.TryAddWithoutValidation("Authorization", scheme + token));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory, Rfc(6750, "2.1"), Requirement("6750-03")]
    [InlineData("not-a-jwt")]
    [InlineData("a.b")]
    [InlineData("a.b.c.d")]
    [InlineData("..")]
    [InlineData("a\u0020b")]
    [InlineData("{}")]
    [InlineData("=====")]
    public async Task A_malformed_token_is_invalid(string token)
    {
        using var answer = await node.CallAsync("/things", token);
        await answer.IsInvalidTokenAsync("token_malformed");
    }

    [Fact, Rfc(6750, "2.1")]
    public async Task A_token_that_is_too_long_is_invalid()
    {
        using var answer = await node.CallAsync("/things", new string('a', 9000));
        await answer.IsInvalidTokenAsync("token_malformed");
    }

    [Fact, Rfc(9068, "4"), Requirement("9068-16", "FAPI2-07")]
    public async Task An_expired_token_is_invalid_even_when_it_was_good_a_moment_before()
    {
        await using var own = new TestNode();
        await own.InitializeAsync();
        var token = await own.ObtainTokenAsync(await own.CreateApplicationAsync());
        own.Clock.Advance(TimeSpan.FromSeconds(86398));
        using (var good = await own.CallAsync("/things", token)) Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        own.Clock.Advance(TimeSpan.FromSeconds(1));
        using var answer = await own.CallAsync("/things", token);
        await answer.IsInvalidTokenAsync("token_expired");
    }

    public static TheoryData<string, string, string, string> Forgeries() => new()
    {
        { "header", "alg", "none", "token_wrong_algorithm" },
        { "header", "alg", "HS256", "token_wrong_algorithm" },
        { "header", "alg", "RS256", "token_wrong_algorithm" },
        { "header", "typ", "JWT", "token_wrong_type" },
        { "header", "typ", "dpop+jwt", "token_wrong_type" },
        { "header", "kid", "another", "token_bad_signature" },
        { "header", "crit", "[\"b64\"]", "token_malformed" },
        { "payload", "iss", "\"https://evil.example\"", "token_wrong_issuer" },
        { "payload", "iss", "\"https://auth.example.test/\"", "token_wrong_issuer" },
        { "payload", "aud", "\"https://api.example.test/other\"", "token_wrong_audience" },
        { "payload", "aud", "[]", "token_malformed" },
        { "payload", "aud", "[1]", "token_malformed" },
        { "payload", "exp", "1", "token_expired" },
        { "payload", "exp", "\"9999999999\"", "token_malformed" },
        { "payload", "exp", "null", "token_malformed" },
        { "payload", "exp", "1e30", "token_malformed" },
        { "payload", "iat", "9999999999", "token_from_the_future" },
        { "payload", "scope", "[\"things:read\"]", "token_malformed" },
        { "payload", "client_id", "\"nobody\"", "application_gone" },
    };

    [Theory, Rfc(9068, "4"), Rfc(8725, "3.1"), Rfc(8725, "3.11"), Requirement("9068-12", "9068-13", "9068-14", "JOSE-07")]
    [MemberData(nameof(Forgeries))]
    public async Task A_token_with_anything_wrong_is_invalid_even_with_the_issuers_signature(string part, string member, string value, string code)
    {
        var token = await node.ObtainTokenAsync(await node.CreateApplicationAsync());
        var forge = await TokenForge.WithIssuersKeyAsync(node);
        void Set(JsonObject json) => json[member] = part == "header" && value[0] != '[' ? value : JsonNode.Parse(value);

        using var answer = await node.CallAsync("/things", part == "header" ? forge.Change(token, header: Set) : forge.Change(token, payload: Set));

        await answer.IsInvalidTokenAsync(code);
    }

    [Fact, Rfc(7515, "5.2"), Requirement("9068-15")]
    public async Task A_token_signed_with_another_key_is_invalid()
    {
        var token = await node.ObtainTokenAsync(await node.CreateApplicationAsync());
        using var answer = await node.CallAsync("/things", (await TokenForge.WithIssuersKeyAsync(node)).WithAnotherKey().Change(token));
        await answer.IsInvalidTokenAsync("token_bad_signature");
    }

    [Fact, Rfc(7515, "3.6"), Rfc(8725, "2.1"), Requirement("9068-14")]
    public async Task An_unsigned_token_is_invalid()
    {
        var token = await node.ObtainTokenAsync(await node.CreateApplicationAsync());
        var unsigned = TokenForge.Encode("""{"alg":"none","typ":"at+jwt"}""") + "." + token.Split('.')[1] + ".";
        using var answer = await node.CallAsync("/things", unsigned);
        await answer.IsInvalidTokenAsync("token_wrong_algorithm");
    }

    [Fact, Rfc(7515, "2"), Requirement("JOSE-04")]
    public async Task Another_spelling_of_a_good_token_is_invalid()
    {
        var token = await node.ObtainTokenAsync(await node.CreateApplicationAsync());
        // 64 bytes leave 2 unused bits in the last character of the signature.
        var alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var respelled = token[..^1] + alphabet[alphabet.IndexOf(token[^1], StringComparison.Ordinal) | 1];
        foreach (var spelling in new[] { respelled, token + "=", token + "==" })
        {
            using var answer = await node.CallAsync("/things", spelling);
            await answer.IsInvalidTokenAsync("token_malformed");
        }
    }

    [Theory, Rfc(7519, "4"), Rfc(7515, "4"), Requirement("JOSE-02", "JOSE-03", "JOSE-06")]
    [InlineData("""{"alg":"ES256","alg":"ES256","typ":"at+jwt","kid":"KID"}""", null)]
    [InlineData(null, "DUPLICATE")]
    [InlineData(null, "TRAILING")]
    public async Task Duplicate_members_and_trailing_text_are_invalid(string? header, string? payload)
    {
        var parts = (await node.ObtainTokenAsync(await node.CreateApplicationAsync())).Split('.');
        var goodHeader = TokenForge.Read(parts[0]);
        var goodPayload = TokenForge.Read(parts[1]).ToJsonString();
        var forge = await TokenForge.WithIssuersKeyAsync(node);
        var forged = forge.Sign(
            header?.Replace("KID", (string)goodHeader["kid"]!, StringComparison.Ordinal) ?? goodHeader.ToJsonString(),
            payload switch { "DUPLICATE" => goodPayload[..^1] + ",\"exp\":9999999999}", "TRAILING" => goodPayload + "x", _ => goodPayload });
        using var answer = await node.CallAsync("/things", forged);
        await answer.IsInvalidTokenAsync("token_malformed");
    }

    [Fact, Rfc(6750, "2.3"), Rfc(9700, "4.3.2"), Requirement("FAPI2-07")]
    public async Task A_token_in_the_query_is_refused_beside_a_good_header_too()
    {
        var token = await node.ObtainTokenAsync(await node.CreateApplicationAsync());
        using var alone = await node.CallAsync("/things?access_token=" + token, token: null);
        using var both = await node.CallAsync("/things?ACCESS_TOKEN=" + token, token);
        await alone.IsRefusedAsync(400, "token_in_query");
        await both.IsRefusedAsync(400, "token_in_query");
        Assert.Contains("error=\"invalid_request\"", both.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Theory, Rfc(6750, "2.2")]
    [InlineData("a=b&access_token=")]
    [InlineData("access_token=")]
    [InlineData("a=b&access%5Ftoken=")]
    public async Task A_token_in_the_body_is_refused(string before)
    {
        var token = await node.ObtainTokenAsync(await node.CreateApplicationAsync());
        using var form = new StringContent(before + token, Encoding.ASCII, "application/x-www-form-urlencoded");
        using var alone = await node.CallAsync("/things", token: null, HttpMethod.Post, form);
        await alone.IsRefusedAsync(401, "missing_token");
        using var again = new StringContent(before + token, Encoding.ASCII, "application/x-www-form-urlencoded");
        using var both = await node.CallAsync("/things", token, HttpMethod.Post, again);
        await both.IsRefusedAsync(400, "token_in_body");
    }

    [Fact]
    public async Task A_form_without_a_token_reaches_the_upstream_whole()
    {
        var token = await node.ObtainTokenAsync(await node.CreateApplicationAsync());
        var body = "padding=" + new string('x', 200_000) + "&end=1";
        using var form = new StringContent(body, Encoding.ASCII, "application/x-www-form-urlencoded");
        using var answer = await node.CallAsync("/things", token, HttpMethod.Post, form);
        Assert.Equal(body, await answer.Content.ReadAsStringAsync());
    }

    [Fact, Rfc(6750, "3.1"), Requirement("6750-09")]
    public async Task A_token_without_the_scope_of_the_call_is_insufficient_and_is_told_which()
    {
        var token = await node.ObtainTokenAsync(await node.CreateApplicationAsync(), "things:read");
        using var answer = await node.CallAsync("/things", token, HttpMethod.Post, new StringContent("x"));
        await answer.IsRefusedAsync(403, "insufficient_scope");
        var challenge = Assert.Single(answer.Headers.WwwAuthenticate).Parameter!;
        Assert.Contains("error=\"insufficient_scope\"", challenge, StringComparison.Ordinal);
        Assert.Contains("scope=\"things:write\"", challenge, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_suspended_contract_is_403_and_the_owner_reads_why()
    {
        var application = await node.CreateApplicationAsync();
        var token = await node.ObtainTokenAsync(application);
        var contract = (await node.FindAsync(application.ClientId)).Contracts.Single();
        await node.Get<ContractOperations>().DecideAsync(contract.Id, ContractState.Suspended, Actor.System);
        await node.SettleAsync();
        using var answer = await node.CallAsync("/things", token);
        var problem = await answer.IsRefusedAsync(403, "no_approved_contract");
        Assert.Equal("no_approved_contract", (await node.FindProblemAsync((string)problem["trace_id"]!)).Code);
    }
}
