using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Tests.Spec.Admin;
using Gatehouse.Tests.Spec.Authorization;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.BadInput;

/// <summary>Its tests measure what the whole process allocates: nothing runs beside them.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>Too much of everything: refused by status and error, before it has cost much.</summary>
[Collection(nameof(Alone))]
public sealed class HostileRequestTests(AdminHouse house) : IClassFixture<AdminHouse>
{
    private const int TenMiB = 10 * 1024 * 1024;
    private const long Modest = 4 * 1024 * 1024;

    private static readonly byte[] Large = new byte[TenMiB];

    private readonly TestNode _node = house.Node;

    [Theory]
    [InlineData("/as/token.oauth2", 413, "invalid_request")]
    [InlineData("/as/par.oauth2", 413, "invalid_request")]
    [InlineData("/as/introspect.oauth2", 413, "invalid_request")]
    [InlineData("/as/revoke_token.oauth2", 413, "invalid_request")]
    [InlineData("/as/device_authz.oauth2", 413, "invalid_request")]
    [InlineData("/as/authorization.oauth2", 400, null)]
    [InlineData("/idp/userinfo.openid", 401, null)]
    [InlineData("/as/clients.oauth2", 400, "invalid_client_metadata", "application/json")]
    [InlineData("/admin/v1/applications", 413, null, "application/json")]
    public async Task Ten_MiB_are_not_read(string path, int status, string? error, string mediaType = "application/x-www-form-urlencoded")
    {
        var large = Large;
        await RefuseAsync(path, "a=b"u8.ToArray(), mediaType); // What is made once is made, the large body too.
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var (code, body) = await RefuseAsync(path, large, mediaType);

        Assert.Equal((status, error), (code, error is null ? null : (string?)body?["error"]));
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, Modest);
    }

    [Theory]
    [InlineData("/as/token.oauth2")]
    [InlineData("/as/par.oauth2")]
    [InlineData("/as/introspect.oauth2")]
    [InlineData("/as/revoke_token.oauth2")]
    [InlineData("/as/device_authz.oauth2")]
    public async Task Ten_thousand_parameters_are_refused(string path)
    {
        var body = Encoding.ASCII.GetBytes(string.Join('&', Enumerable.Range(0, 10_000)));
        Assert.InRange(body.Length, 1, 64 * 1024);
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var (status, answer) = await RefuseAsync(path, body, "application/x-www-form-urlencoded");

        Assert.Equal((400, "invalid_request"), (status, (string?)answer!["error"]));
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, Modest);
    }

    [Fact]
    public async Task Ten_thousand_parameters_are_no_authorization_request()
    {
        var parameters = string.Join('&', Enumerable.Range(0, 10_000));
        var (posted, _) = await RefuseAsync(CodeFlow.Endpoint, Encoding.ASCII.GetBytes(parameters), "application/x-www-form-urlencoded");
        using var got = await _node.Auth.GetAsync($"{CodeFlow.Endpoint}?{parameters}");
        Assert.Equal((400, HttpStatusCode.RequestUriTooLong), (posted, got.StatusCode));
    }

    [Fact]
    public async Task Ten_thousand_members_are_no_registration_and_no_application()
    {
        var json = Encoding.ASCII.GetBytes("{" + string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"{i}\":1")) + "}");
        Assert.Equal(400, (await RefuseAsync("/as/clients.oauth2", json, "application/json")).Status);
        Assert.Equal(413, (await RefuseAsync("/admin/v1/applications", json, "application/json")).Status);
    }

    [Theory]
    [InlineData('[', ']')]
    [InlineData('{', '}')]
    public async Task Deep_nesting_is_refused_wherever_JSON_is_read(char open, char close)
    {
        var inside = open == '[' ? new string(open, 5000) + new string(close, 5000)
            : string.Concat(Enumerable.Repeat("{\"a\":", 3000)) + "1" + new string(close, 3000);
        var member = $$"""{"jwks":{{inside}}}""";
        var (registration, error) = await RefuseAsync("/as/clients.oauth2", Encoding.ASCII.GetBytes(member), "application/json");
        Assert.Equal((400, "invalid_client_metadata"), (registration, (string?)error!["error"]));
        Assert.Equal(400, (await RefuseAsync("/admin/v1/applications", Encoding.ASCII.GetBytes(member), "application/json")).Status);

        var jwt = $"{TokenForge.Encode("""{"alg":"ES256","typ":"at+jwt","kid":"a"}""")}.{TokenForge.Encode(member)}.AAAA";
        await IsRefusedEverywhereAsync(jwt);
    }

    public static TheoryData<string> Numbers => ["1e308", "-1e308", "1e99999", "9223372036854775808", "18446744073709551616", "0.5", new string('9', 2500)];

    [Theory, MemberData(nameof(Numbers))]
    public async Task A_number_that_is_no_time_is_refused_wherever_a_time_is_read(string number)
    {
        var token = await _node.ObtainTokenAsync(await _node.CreateApplicationAsync());
        var forge = await TokenForge.WithIssuersKeyAsync(_node);
        var parts = token.Split('.');
        var payload = TokenForge.Read(parts[1]);
        payload["exp"] = "EXP";
        var header = TokenForge.Read(parts[0]).ToJsonString();

        await IsRefusedEverywhereAsync(forge.Sign(header, payload.ToJsonString().Replace("\"EXP\"", number, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Ten_thousand_digits_in_an_assertion_are_refused()
    {
        var application = await AssertingApplication.CreateAsync(_node);
        var parts = application.Assertion(payload => payload["exp"] = "EXP").Split('.');
        var payload = TokenForge.Encode(TokenForge.Read(parts[1]).ToJsonString().Replace("\"EXP\"", new string('9', 10_000), StringComparison.Ordinal));
        (await _node.Auth.PostTokenAsync(AssertingApplication.Form($"{parts[0]}.{payload}.{parts[2]}"))).IsRefused(401, "invalid_client");
    }

    // As access token at the gateway, userinfo and the Admin API; as token at introspection and revocation; as proof of an application, of a
    // key, of a workload and of a request.
    private async Task IsRefusedEverywhereAsync(string jwt)
    {
        using var call = await _node.CallAsync("/things", jwt);
        Assert.Equal(HttpStatusCode.Unauthorized, call.StatusCode);
        using var asked = new HttpRequestMessage(HttpMethod.Get, "/idp/userinfo.openid");
        asked.Headers.TryAddWithoutValidation("Authorization", "Bearer " + jwt);
        using var userInfo = await _node.Auth.SendAsync(asked);
        Assert.Equal(HttpStatusCode.Unauthorized, userInfo.StatusCode);
        var tooLong = jwt.Length > Protocol.Bearer.BearerToken.MaxLength;
        Assert.Equal(tooLong ? HttpStatusCode.BadRequest : HttpStatusCode.Unauthorized, (await house.CallWithTokenAsync(jwt)).Status);

        var application = await _node.CreateApplicationAsync();
        var form = TokenRequests.Form(application)["grant_type=client_credentials".Length..];
        Assert.Equal("""{"active":false}""", (await RefuseAsync("/as/introspect.oauth2", Bytes($"token={jwt}{form}"), Form)).Body!.ToJsonString());
        Assert.Equal(200, (await RefuseAsync("/as/revoke_token.oauth2", Bytes($"token={jwt}{form}"), Form)).Status);
        (await _node.Auth.PostTokenAsync(AssertingApplication.Form(jwt))).IsRefused(401, "invalid_client");
        var flow = await CodeFlow.CreateAsync(_node, email: $"{Guid.NewGuid():N}@example.org");
        var (status, pushed) = await RefuseAsync("/as/par.oauth2", Bytes($"request={jwt}{flow.Authentication}"), Form);
        Assert.Equal((400, "invalid_request_object"), (status, (string?)pushed!["error"]));
        if (!tooLong)
        {
            (await _node.Auth.PostTokenAsync(TokenRequests.Form(application), request => request.Headers.TryAddWithoutValidation("DPoP", jwt))).IsRefused(400, "invalid_dpop_proof");
        }
    }

    private const string Form = "application/x-www-form-urlencoded";

    private static byte[] Bytes(string text) => Encoding.ASCII.GetBytes(text);

    // Asks first whether the body is wanted, so that an early answer is not lost to a connection that closes under it.
    private async Task<(int Status, JsonNode? Body)> RefuseAsync(string path, byte[] body, string mediaType)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        request.Headers.ExpectContinue = body.Length == TenMiB;
        if (path.StartsWith("/admin", StringComparison.Ordinal)) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", house.Token);
        using var answer = await _node.Auth.SendAsync(request);
        var isJson = answer.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
        return ((int)answer.StatusCode, isJson ? await answer.Content.ReadFromJsonAsync<JsonNode>() : null);
    }
}
