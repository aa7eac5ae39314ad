using System.Net;
using Gatehouse.Store.Model;
using Gatehouse.Tests.Spec.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Spec.Authorization;

/// <summary>Signing in and consent on the portal, and taking it back.</summary>
public sealed class ConsentTests : IAsyncLifetime
{
    private const string Access = "/exchange/portals/org/access";

    private readonly TestNode _node = new();
    private CodeFlow _flow = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _flow = await CodeFlow.CreateAsync(_node);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task The_page_names_application_organization_scopes_and_person()
    {
        await _flow.SignInAsync();

        var (_, shown) = await _flow.FollowAsync(_flow.Url());

        var page = WebUtility.HtmlDecode(await shown.Content.ReadAsStringAsync());
        foreach (var part in (string[])["Shipper", "Organization", "things:read", "Dana", "app.example.test"]) Assert.Contains(part, page, StringComparison.Ordinal);
        Assert.DoesNotContain("things:write", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_allowed_is_remembered_and_more_is_asked_again()
    {
        await _flow.AllowAsync();

        Assert.NotNull(CodeFlow.Parameter((await _flow.FollowAsync(_flow.Url())).Answer.Headers.Location!, "code"));
        Assert.Equal(HttpStatusCode.OK, (await _flow.FollowAsync(_flow.Url(("scope", "things:read things:write")))).Answer.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _flow.FollowAsync(_flow.Url(("prompt", "consent")))).Answer.StatusCode);
    }

    [Fact, Rfc(8252, "8.6"), Rfc(6749, "10.2")]
    public async Task A_public_application_on_the_device_is_allowed_anew_every_time()
    {
        var flow = await CodeFlow.CreateAsync(_node, isPublic: true, email: "kim@example.org");
        await flow.AllowAsync("allow", ("redirect_uri", CodeFlow.Loopback));

        var silent = (await flow.FollowAsync(flow.Url(("redirect_uri", CodeFlow.Loopback), ("prompt", "none")))).Answer.Headers.Location!;

        Assert.Equal("consent_required", CodeFlow.Parameter(silent, "error"));
        Assert.Equal(HttpStatusCode.OK, (await flow.FollowAsync(flow.Url(("redirect_uri", CodeFlow.Loopback)))).Answer.StatusCode);
        Assert.NotNull(CodeFlow.Parameter((await flow.FollowAsync(flow.Url())).Answer.Headers.Location!, "code"));
    }

    [Fact, Requirement("OIDC-01")]
    public async Task A_silent_request_is_answered_without_a_page()
    {
        Assert.Equal("login_required", await SilentErrorAsync());
        await _flow.SignInAsync();
        Assert.Equal("consent_required", await SilentErrorAsync());
        await _flow.AllowAsync();
        Assert.Null(await SilentErrorAsync());
    }

    [Theory, Requirement("OIDC-02")]
    [InlineData("prompt", "login")]
    [InlineData("max_age", "60")]
    public async Task A_password_that_is_too_old_is_asked_for_again(string name, string value)
    {
        await _flow.AllowAsync();
        _node.Clock.Advance(TimeSpan.FromSeconds(61));

        var (page, _) = await _flow.FollowAsync(_flow.Url((name, value)));

        Assert.Contains("/sign-in?", page, StringComparison.Ordinal);
        Assert.NotNull(CodeFlow.Parameter(await _flow.AllowAsync("allow", (name, value)), "code"));
    }

    [Fact]
    public async Task A_password_that_is_fresh_enough_is_not()
    {
        await _flow.AllowAsync();
        _node.Clock.Advance(TimeSpan.FromSeconds(30));

        Assert.NotNull(CodeFlow.Parameter((await _flow.FollowAsync(_flow.Url(("max_age", "60")))).Answer.Headers.Location!, "code"));
    }

    [Fact]
    public async Task The_hint_stands_in_the_form()
    {
        var (_, shown) = await _flow.FollowAsync(_flow.Url(("login_hint", "lee@example.org")));

        Assert.Contains("value=\"lee@example.org\"", await shown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_person_of_another_organization_must_sign_in()
    {
        var other = await _node.Founder.CreateOrganizationAsync("other", "Other");
        var (_, account) = await _node.Founder.CreateUserAsync(other, "lee@example.org", "Lee", PortalRole.Developer);
        using var signedIn = await _flow.Browser.PostAsync("/exchange/portals/other/sign-in", ("Email", account.Email), ("Password", account.Password));
        Assert.Equal(HttpStatusCode.SeeOther, signedIn.StatusCode);

        var (page, _) = await _flow.FollowAsync(_flow.Url());

        Assert.Contains("/exchange/portals/org/sign-in?", page, StringComparison.Ordinal);
    }

    [Fact, Requirement("9700-13", "Sessions-06")]
    public async Task Taking_it_back_stops_the_application()
    {
        var answer = await _flow.RedeemAsync(await _flow.ObtainCodeAsync());
        using (var shown = await _flow.Browser.GetAsync(Access)) Assert.Contains("Shipper", await shown.Content.ReadAsStringAsync(), StringComparison.Ordinal);

        using var taken = await _flow.Browser.PostAsync(Access, ("application", _flow.ApplicationId.ToString()));

        Assert.Equal(HttpStatusCode.SeeOther, taken.StatusCode);
        await _node.SettleAsync();
        using var call = await _node.CallAsync("/things", (string)answer.Body["access_token"]!);
        Assert.Equal(HttpStatusCode.Unauthorized, call.StatusCode);
        (await _flow.RefreshAsync((string)answer.Body["refresh_token"]!)).IsRefused(400, "invalid_grant");
        Assert.Equal(HttpStatusCode.OK, (await _flow.FollowAsync(_flow.Url())).Answer.StatusCode);
        await using var db = _node.Database.Open();
        Assert.Equal(["consent.given", "consent.taken_back"],
            await db.AuditEvents.Where(row => row.Action.StartsWith("consent.")).OrderBy(row => row.At).ThenBy(row => row.Id).Select(row => row.Action).ToListAsync());
    }

    [Fact]
    public async Task Nobody_takes_back_for_another()
    {
        var answer = await _flow.RedeemAsync(await _flow.ObtainCodeAsync());
        var (_, account) = await _node.Founder.CreateUserAsync(_node.Organization, "kim@example.org", "Kim", PortalRole.Developer);
        _flow.UseAnotherBrowser();
        using var signedIn = await _flow.Browser.SignInAsync(account.Email, account.Password);

        using var refused = await _flow.Browser.PostFromAsync("/exchange/portals/org/applications/new", Access, ("application", _flow.ApplicationId.ToString()));

        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        Assert.Equal(200, (await _flow.RefreshAsync((string)answer.Body["refresh_token"]!)).Status);
    }

    private async Task<string?> SilentErrorAsync() =>
        CodeFlow.Parameter((await _flow.FollowAsync(_flow.Url(("prompt", "none")))).Answer.Headers.Location!, "error");
}
