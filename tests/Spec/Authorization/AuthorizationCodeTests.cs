using System.Net;
using Gatehouse.Store.Model;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Authorization;

/// <summary>The authorization code flow, from the request to the call.</summary>
public sealed class AuthorizationCodeTests : IAsyncLifetime
{
    private readonly TestNode _node = new();
    private CodeFlow _flow = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _flow = await CodeFlow.CreateAsync(_node);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Rfc(6749, "4.1"), Rfc(7636, "4"), Rfc(9207, "2"), Rfc(9068, "2.2")]
    [Requirement("6749-10", "6749-72", "9068-05", "9207-04", "9700-27")]
    public async Task A_person_signs_in_and_allows_and_the_application_calls_for_the_person()
    {
        var location = await _flow.AllowAsync();

        Assert.StartsWith(CodeFlow.Callback + "?code=", location.OriginalString, StringComparison.Ordinal);
        Assert.Equal(("st&te", TestNode.Issuer), (CodeFlow.Parameter(location, "state"), CodeFlow.Parameter(location, "iss")));
        var answer = await _flow.RedeemAsync(CodeFlow.Parameter(location, "code")!, more: "&redirect_uri=" + Uri.EscapeDataString(CodeFlow.Callback));
        Assert.Equal((200, "things:read"), (answer.Status, (string?)answer.Body["scope"]));
        var token = (string)answer.Body["access_token"]!;
        Assert.Matches("^[A-Za-z0-9._-]+$", token);
        var claims = TokenForge.Read(token.Split('.')[1]);
        Assert.Equal((_flow.UserId.ToString(), _flow.ClientId), ((string?)claims["sub"], (string?)claims["client_id"]));
        using var call = await _node.CallAsync("/things", token);
        Assert.Equal(HttpStatusCode.OK, call.StatusCode);
    }

    [Fact, Rfc(6749, "4.1.2"), Rfc(9700, "4.5"), Requirement("6749-38", "6749-39")]
    public async Task A_code_that_comes_twice_ends_what_it_gave()
    {
        var code = await _flow.ObtainCodeAsync();
        var first = await _flow.RedeemAsync(code);
        Assert.Equal(200, first.Status);

        (await _flow.RedeemAsync(code)).IsRefused(400, "invalid_grant");

        (await _flow.RefreshAsync((string)first.Body["refresh_token"]!)).IsRefused(400, "invalid_grant");
        await _node.SettleAsync();
        using var call = await _node.CallAsync("/things", (string)first.Body["access_token"]!);
        Assert.Equal(HttpStatusCode.Unauthorized, call.StatusCode);
    }

    [Fact, Rfc(6749, "4.1.2")]
    public async Task Of_fifty_at_once_one_wins()
    {
        var code = await _flow.ObtainCodeAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _flow.RedeemAsync(code)));

        Assert.Single(answers, answer => answer.Status == 200);
    }

    [Theory, Rfc(6749, "4.1.2"), Requirement("6749-41", "FAPI2-04")]
    [InlineData(59, 200)]
    [InlineData(61, 400)]
    public async Task A_code_lives_sixty_seconds(int seconds, int status)
    {
        var code = await _flow.ObtainCodeAsync();
        _node.Clock.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(status, (await _flow.RedeemAsync(code)).Status);
    }

    [Fact, Rfc(7636, "4.6"), Requirement("6749-43", "6749-44", "7636-07", "7636-08")]
    public async Task A_wrong_verifier_is_refused_and_uses_nothing_up()
    {
        var code = await _flow.ObtainCodeAsync();

        (await _flow.RedeemAsync(code, new string('w', 64))).IsRefused(400, "invalid_grant");
        (await _flow.RedeemAsync(code, CodeFlow.Challenge)).IsRefused(400, "invalid_grant");
        (await _flow.RedeemAsync(code, string.Empty)).IsRefused(400, "invalid_request");
        (await _flow.RedeemAsync(code, more: "&redirect_uri=https://elsewhere.example/")).IsRefused(400, "invalid_grant");
        (await _flow.RedeemAsync(code, more: "&redirect_uri=" + CodeFlow.Loopback)).IsRefused(400, "invalid_grant"); // Registered, and not the one.

        Assert.Equal(200, (await _flow.RedeemAsync(code)).Status);
    }

    [Fact, Rfc(6749, "4.1.3"), Rfc(6749, "10.5")]
    public async Task Another_application_cannot_redeem_it()
    {
        var other = await CodeFlow.CreateAsync(_node, email: "kim@example.org");
        var code = await _flow.ObtainCodeAsync();

        (await other.RedeemAsync(code)).IsRefused(400, "invalid_grant");

        Assert.Equal(200, (await _flow.RedeemAsync(code)).Status);
    }

    [Fact, Rfc(6749, "4.1.2.1"), Requirement("6749-45", "9207-02")]
    public async Task A_person_who_does_not_allow_it_is_sent_back_with_that()
    {
        var location = await _flow.AllowAsync("deny");

        Assert.Equal(("access_denied", "st&te", TestNode.Issuer, null),
            (CodeFlow.Parameter(location, "error"), CodeFlow.Parameter(location, "state"), CodeFlow.Parameter(location, "iss"), CodeFlow.Parameter(location, "code")));
    }

    [Theory, Rfc(8252, "7.3")]
    [InlineData("http://127.0.0.1:51004/back")]
    [InlineData("http://127.0.0.1/back")]
    public async Task A_loopback_address_has_any_port(string redirectUri)
    {
        var location = await _flow.AllowAsync("allow", ("redirect_uri", redirectUri));

        Assert.StartsWith(redirectUri + "?code=", location.OriginalString, StringComparison.Ordinal);
    }

    [Fact, Requirement("9700-25")]
    public async Task Another_browser_cannot_finish_it()
    {
        using var begun = await _flow.Browser.GetAsync(_flow.Url());
        var page = begun.Headers.Location!.OriginalString;
        _flow.UseAnotherBrowser();
        await _flow.SignInAsync();

        using var shown = await _flow.Browser.GetAsync(page);
        using var resumed = await _flow.Browser.GetAsync("/as/authorization.oauth2/resume?interaction=" + page.Split('/')[^1]);

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.BadRequest), (shown.StatusCode, resumed.StatusCode));
    }

    [Fact]
    public async Task It_cannot_be_resumed_before_the_person_decided_nor_twice()
    {
        await _flow.SignInAsync();
        var (page, _) = await _flow.FollowAsync(_flow.Url());
        var resume = "/as/authorization.oauth2/resume?interaction=" + page.Split('/')[^1];
        using var early = await _flow.Browser.GetAsync(resume);
        using var allowed = await _flow.Browser.PostAsync(page, ("decision", "allow"));
        using var first = await _flow.Browser.GetAsync(resume);
        using var second = await _flow.Browser.GetAsync(resume);

        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.SeeOther, HttpStatusCode.BadRequest), (early.StatusCode, first.StatusCode, second.StatusCode));
    }

    [Fact]
    public async Task The_answer_by_form_posts_itself()
    {
        await _flow.AllowAsync();

        var (_, answer) = await _flow.FollowAsync(_flow.Url(("response_mode", "form_post")));

        var page = await answer.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains($"""<form method="post" action="{CodeFlow.Callback}">""", page, StringComparison.Ordinal);
        Assert.Contains("""name="state" value="st&amp;te">""", page, StringComparison.Ordinal);
        Assert.Contains("script-src 'sha256-", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
    }

    [Fact, Rfc(6749, "3.3"), Requirement("6749-36")]
    public async Task An_API_without_scopes_is_opened_to_no_user_because_none_has_allowed_it()
    {
        var plain = await _node.Founder.PublishAsync(new Api
        {
            OrganizationId = _node.Organization.Id, Slug = "plain", Name = "plain", Resource = TestNode.ApiUrl + "/plain", Upstream = _node.Upstream.Url, Scopes = [],
            Operations = [new ApiOperation { Method = "GET", PathTemplate = "/plain" }], Plans = [new Plan { Slug = "free", Name = "Free" }],
        });
        var plan = plain.Plans.First().Id;
        var alone = await CodeFlow.CreateAsync(_node, email: "kim@example.org", change: draft => draft with { PlanIds = [plan] });
        Assert.Equal("invalid_scope", CodeFlow.Parameter(await alone.AllowAsync("allow", ("scope", null)), "error"));
        var flow = await CodeFlow.CreateAsync(_node, email: "lee@example.org", change: draft => draft with { PlanIds = [plan, .. draft.PlanIds] });

        foreach (var scope in (string?[])[null, "openid", "things:read"])
        {
            var answer = await flow.RedeemAsync(await flow.ObtainCodeAsync(("scope", scope)));
            Assert.Equal(200, answer.Status);
            using var call = await _node.CallAsync("/plain", (string)answer.Body["access_token"]!);
            Assert.Equal(HttpStatusCode.Unauthorized, call.StatusCode);
        }
    }
}
