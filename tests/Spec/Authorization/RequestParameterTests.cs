using System.Net;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Portal;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Spec.Authorization;

/// <summary>What becomes of the parameters of an authorization request, and of what the pages show of them.</summary>
public sealed class RequestParameterTests(CodeFlowNode fixture) : IClassFixture<CodeFlowNode>
{
    private readonly TestNode _node = fixture.Node;
    private readonly CodeFlow _flow = fixture.Flow;

    [Fact, Rfc(6749, "3.1"), Requirement("6749-13")]
    public async Task A_parameter_without_a_value_is_none()
    {
        var location = await _flow.AllowAsync("allow", ("state", string.Empty), ("scope", string.Empty), ("nonce", string.Empty));
        Assert.NotNull(CodeFlow.Parameter(location, "code"));
        Assert.DoesNotContain("state", location.Query, StringComparison.Ordinal);
    }

    [Theory, Rfc(6749, "3.1"), Requirement("6749-14")]
    [InlineData("state")]
    [InlineData("response_type")]
    [InlineData("code_challenge")]
    [InlineData("scope")]
    public async Task A_parameter_twice_is_told_to_the_application(string name)
    {
        using var answer = await _flow.Browser.GetAsync($"{_flow.Url()}&{name}=x");
        Assert.Equal("invalid_request", CodeFlow.Parameter(answer.Headers.Location!, "error"));
    }

    [Theory, Rfc(6749, "3.1"), Requirement("6749-14")]
    [InlineData("client_id")]
    [InlineData("redirect_uri")]
    public async Task Two_addresses_or_applications_are_no_proven_one(string name)
    {
        using var answer = await _flow.Browser.GetAsync($"{_flow.Url()}&{name}=https://evil.example/");
        Assert.Equal((HttpStatusCode.BadRequest, null), (answer.StatusCode, answer.Headers.Location));
    }

    public static TheoryData<string> States => ["x", new string('s', 2000), "&=#%+ é🙂<script>\"'"];

    [Theory, Rfc(6749, "4.1.1"), Requirement("6749-37"), MemberData(nameof(States))]
    public async Task The_state_comes_back_as_it_was(string state) => Assert.Equal(state, CodeFlow.Parameter(await _flow.AllowAsync("allow", ("state", state)), "state"));

    [Fact, Rfc(6749, "3.1.2"), Requirement("6749-20")]
    public async Task The_query_of_a_redirect_URI_stays()
    {
        const string address = "https://app.example.test/cb?dummy1=lorem&dummy2=ipsum";
        var flow = await CodeFlow.CreateAsync(_node, email: "query@example.org", change: draft => draft with { RedirectUris = [address] });
        var given = await flow.AllowAsync("allow", ("redirect_uri", address));
        var failed = await flow.AllowAsync("allow", ("redirect_uri", address), ("scope", "things:all"));
        Assert.StartsWith(address + "&code=", given.OriginalString, StringComparison.Ordinal);
        Assert.StartsWith(address + "&error=invalid_scope", failed.OriginalString, StringComparison.Ordinal);
    }

    [Fact, Rfc(6749, "4.1.2.1"), Requirement("6749-46")]
    public async Task An_application_that_may_not_use_codes_is_told()
    {
        var flow = await CodeFlow.CreateAsync(_node, email: "machine@example.org", change: draft => draft with { GrantTypes = [GrantType.ClientCredentials] });
        using var answer = await flow.Browser.GetAsync(flow.Url());
        Assert.Equal("unauthorized_client", CodeFlow.Parameter(answer.Headers.Location!, "error"));
    }

    [Theory, Requirement("OIDC-04")]
    [InlineData("display", "popup")]
    [InlineData("ui_locales", "fr-CA en")]
    [InlineData("claims_locales", "de")]
    [InlineData("acr_values", "urn:x:1 urn:x:2")]
    [InlineData("login_hint", "lee@example.org")]
    [InlineData("id_token_hint", "a.b.c")]
    public async Task What_only_hints_stops_nothing(string name, string value) =>
        Assert.NotNull(CodeFlow.Parameter(await _flow.AllowAsync("allow", (name, value), ("scope", "openid things:read")), "code"));

    [Theory, Requirement("OIDC-03")]
    [InlineData(64)]
    [InlineData(384)]
    public async Task The_nonce_is_never_cut(int length)
    {
        var nonce = new string('n', length);
        var location = await _flow.AllowAsync("allow", ("nonce", nonce), ("scope", "openid things:read"));
        if (CodeFlow.Parameter(location, "code") is not { } code)
        {
            Assert.Equal("invalid_request", CodeFlow.Parameter(location, "error"));
            return;
        }
        Assert.Equal(nonce, (string?)TokenForge.Read(((string)(await _flow.RedeemAsync(code)).Body["id_token"]!).Split('.')[1])["nonce"]);
    }

    [Fact, Rfc(6749, "10.14"), Requirement("6749-69")]
    public async Task What_a_request_says_is_text_on_the_pages()
    {
        const string script = "\"><script>alert(1)</script>";
        var visitor = new CodeFlowVisitor(_node);
        var (_, shown) = await visitor.FollowAsync(_flow.Url(("login_hint", script), ("state", script), ("nonce", script)));
        Assert.DoesNotContain("<script>alert", await shown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe-inline", shown.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        using var refused = await visitor.GetAsync(_flow.Url(("redirect_uri", "https://evil.example/" + script), ("client_id", _flow.ClientId)));
        Assert.DoesNotContain("<script>alert", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact, Rfc(9700, "4.16"), Rfc(9700, "4.2.4"), Rfc(9700, "4.12"), Requirement("9700-20", "9700-22", "9700-24")]
    public async Task No_page_is_framed_tells_where_it_was_or_loads_from_elsewhere_and_no_form_is_sent_on()
    {
        var visitor = new CodeFlowVisitor(_node);
        using var begun = await visitor.GetAsync(_flow.Url());
        Assert.Equal(HttpStatusCode.SeeOther, begun.StatusCode);
        string[] pages = [begun.Headers.Location!.OriginalString, "/exchange/portals/org/sign-in", "/exchange/portals/org/device", "/exchange/portals/org/nothing", CodeFlow.Endpoint];
        foreach (var page in pages)
        {
            var (_, shown) = await visitor.FollowAsync(page);
            Assert.Contains("frame-ancestors 'none'", shown.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.Equal("DENY", shown.Headers.GetValues("X-Frame-Options").Single());
            Assert.Contains(shown.Headers.GetValues("Referrer-Policy").Single(), (string[])["no-referrer", "same-origin"]);
            var text = await shown.Content.ReadAsStringAsync();
            Assert.DoesNotMatch("(src|href)=\"(https?:)?//", text);
            shown.Dispose();
        }
        using var signedIn = await visitor.PostAsync("/exchange/portals/org/sign-in", ("Email", _flow.Account.Email), ("Password", _flow.Account.Password));
        Assert.Equal(HttpStatusCode.SeeOther, signedIn.StatusCode);
    }

    [Theory, Rfc(9700, "4.11"), Requirement("9700-03")]
    [InlineData("//evil.example")]
    [InlineData("https:evil")]
    [InlineData("https://evil.example/")]
    [InlineData("/\\evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("~//evil.example")]
    public async Task Nobody_is_sent_elsewhere_after_signing_in(string returnUrl)
    {
        using var answer = await new Visitor(_node).PostAsync(
            "/exchange/portals/org/sign-in", ("Email", _flow.Account.Email), ("Password", _flow.Account.Password), ("ReturnUrl", returnUrl));
        Assert.Equal((HttpStatusCode.SeeOther, "/exchange/portals/org/applications/"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
    }

    [Fact, Rfc(6749, "4.1.2.1"), Requirement("6749-50")]
    public async Task While_the_store_is_away_a_page_says_so()
    {
        await using var lonely = new TestNode();
        await lonely.InitializeAsync();
        var flow = await CodeFlow.CreateAsync(lonely);
        await using (var db = lonely.Database.Open()) await db.Database.ExecuteSqlRawAsync("ALTER TABLE \"Handles\" RENAME TO \"Away\"");
        using var answer = await flow.Browser.GetAsync(flow.Url());
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "text/html"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.DoesNotContain("   at ", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    /// <summary>A browser of nobody yet.</summary>
    private sealed class CodeFlowVisitor(TestNode node)
    {
        private readonly Visitor _browser = new(node);

        public Task<HttpResponseMessage> GetAsync(string url) => _browser.GetAsync(url);

        public Task<HttpResponseMessage> PostAsync(string url, params (string, string)[] fields) => _browser.PostAsync(url, fields);

        public async Task<(string Url, HttpResponseMessage Answer)> FollowAsync(string url)
        {
            var answer = await _browser.GetAsync(url);
            while (answer.Headers.Location is { IsAbsoluteUri: false } location) answer = await _browser.GetAsync(url = location.OriginalString);
            return (url, answer);
        }
    }
}
