using System.Net;
using Gatehouse.Store.Model;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Authorization;

/// <summary>OpenID Connect RP-Initiated Logout 1.0.</summary>
public sealed class LogoutTests : IAsyncLifetime
{
    private const string Endpoint = "/idp/init_logout.openid";
    private const string Goodbye = "https://app.example.test/goodbye?from=gatehouse";

    private readonly TestNode _node = new();
    private CodeFlow _flow = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _flow = await CodeFlow.CreateAsync(_node, change: draft => draft with { PostLogoutRedirectUris = [Goodbye] });
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_id_token_of_this_session_signs_out_without_a_question(bool isOld)
    {
        var idToken = await SignInAsync();
        if (isOld) _node.Clock.Advance(TimeSpan.FromHours(2)); // Expired is no fault.

        var (_, answer) = await _flow.FollowAsync(Url(("id_token_hint", idToken), ("post_logout_redirect_uri", Goodbye), ("state", "a&b"), ("ui_locales", "de"), ("logout_hint", "x")));

        Assert.Equal((HttpStatusCode.SeeOther, Goodbye + "&state=a%26b"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
        await AssertSignedInAsync(false);
    }

    [Fact]
    public async Task Without_it_the_person_is_asked_and_only_the_form_signs_out()
    {
        await SignInAsync();
        var url = Url(("client_id", _flow.ClientId), ("post_logout_redirect_uri", Goodbye), ("state", "s"));
        var (page, shown) = await _flow.FollowAsync(url);
        Assert.Contains("Shipper", await shown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await AssertSignedInAsync(true);

        using var ended = await _flow.Browser.PostAsync(page, ("decision", "sign-out"));
        var (_, answer) = await _flow.FollowAsync(ended.Headers.GetValues("Refresh").Single().Split("url=")[1]);

        Assert.Equal(Goodbye + "&state=s", answer.Headers.Location?.OriginalString);
        await AssertSignedInAsync(false);
    }

    [Fact]
    public async Task The_page_of_another_portal_does_not_finish_it()
    {
        await SignInAsync();
        await _node.Founder.CreateOrganizationAsync("other", "Other");
        var (page, _) = await _flow.FollowAsync(Url(("client_id", _flow.ClientId), ("post_logout_redirect_uri", Goodbye)));
        using var elsewhere = await _flow.Browser.GetAsync(page.Replace("/org/", "/other/", StringComparison.Ordinal));
        Assert.Equal(HttpStatusCode.NotFound, elsewhere.StatusCode);
        using var here = await _flow.Browser.GetAsync(page);
        Assert.Equal(HttpStatusCode.OK, here.StatusCode);
    }

    [Fact]
    public async Task A_form_without_its_token_signs_nobody_out()
    {
        await SignInAsync();
        var (page, _) = await _flow.FollowAsync(Url(("client_id", _flow.ClientId)));
        using var content = new FormUrlEncodedContent([KeyValuePair.Create("decision", "sign-out")]);
        using var answer = await _node.Auth.PostAsync(page, content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        await AssertSignedInAsync(true);
    }

    [Fact]
    public async Task Who_stays_signed_in_is_sent_nowhere()
    {
        await SignInAsync();
        var (page, _) = await _flow.FollowAsync(Url(("client_id", _flow.ClientId), ("post_logout_redirect_uri", Goodbye)));
        using var stayed = await _flow.Browser.PostAsync(page, ("decision", "stay"));
        using var again = await _flow.Browser.GetAsync(page);

        Assert.Equal("/exchange/portals/org/applications/", stayed.Headers.Location?.OriginalString);
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
        await AssertSignedInAsync(true);
    }

    [Fact]
    public async Task An_id_token_of_another_session_or_another_person_asks()
    {
        var first = await SignInAsync();
        _flow.UseAnotherBrowser();
        await SignInAsync();
        var (_, otherSession) = await _flow.FollowAsync(Url(("id_token_hint", first)));
        var (_, account) = await _node.Founder.CreateUserAsync(_node.Organization, "robin@example.org", "Robin", PortalRole.Developer);
        _flow.UseAnotherBrowser();
        (await _flow.Browser.SignInAsync(account.Email, account.Password)).Dispose();
        var (_, otherPerson) = await _flow.FollowAsync(Url(("id_token_hint", first)));

        Assert.Contains("Sign out?", await otherSession.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("different account", await otherPerson.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_address_a_page_says_that_it_is_done()
    {
        var idToken = await SignInAsync();
        var (_, shown) = await _flow.FollowAsync(Url(("id_token_hint", idToken)));

        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        Assert.Contains("You are signed out", await shown.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await AssertSignedInAsync(false);
    }

    [Fact]
    public async Task Who_is_not_signed_in_is_sent_back_at_once()
    {
        var (_, answer) = await _flow.FollowAsync(Url(("client_id", _flow.ClientId), ("post_logout_redirect_uri", Goodbye)));

        Assert.Equal(Goodbye, answer.Headers.Location?.OriginalString);
    }

    [Fact]
    public async Task It_may_be_posted_and_needs_no_application()
    {
        await SignInAsync();
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("client_id", _flow.ClientId)]);
        using var posted = await _node.Auth.PostAsync(Endpoint, form);
        var (page, _) = await _flow.FollowAsync(Endpoint);

        Assert.Equal(HttpStatusCode.SeeOther, posted.StatusCode);
        Assert.Contains("/exchange/portals/org/logout/", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("https://app.example.test/goodbye")]
    [InlineData("https://app.example.test/goodbye?from=gatehouse&more=1")]
    [InlineData(CodeFlow.Callback)]
    public async Task An_address_that_is_not_registered_is_refused_on_a_page(string uri)
    {
        var idToken = await SignInAsync();
        var (_, answer) = await _flow.FollowAsync(Url(("id_token_hint", idToken), ("post_logout_redirect_uri", uri)));

        Assert.Equal((HttpStatusCode.BadRequest, null), (answer.StatusCode, answer.Headers.Location));
        await AssertSignedInAsync(true);
    }

    [Fact]
    public async Task Nobody_proves_an_address_without_saying_who_asks()
    {
        var (_, answer) = await _flow.FollowAsync(Url(("post_logout_redirect_uri", Goodbye)));

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Hints_that_are_not_ours_or_not_the_clients_are_refused()
    {
        var idToken = await SignInAsync();
        var parts = idToken.Split('.');
        var other = await _node.CreateApplicationAsync();
        foreach (var parameters in (IEnumerable<(string, string?)[]>)
            [[("id_token_hint", "x.y.z")], [("id_token_hint", $"{parts[0]}.{parts[1]}.{new string('A', parts[2].Length)}")],
            [("id_token_hint", await _node.ObtainTokenAsync(other))], [("id_token_hint", idToken), ("client_id", other.ClientId)], [("client_id", "nobody")]])
        {
            var (_, answer) = await _flow.FollowAsync(Url(parameters));
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
        using var twice = await _flow.Browser.GetAsync(Endpoint + "?client_id=a&client_id=b");
        Assert.Equal(HttpStatusCode.BadRequest, twice.StatusCode);
        await AssertSignedInAsync(true);
    }

    [Fact]
    public async Task Another_browser_ends_no_request_that_this_one_began()
    {
        await SignInAsync();
        using var begun = await _flow.Browser.GetAsync(Url(("client_id", _flow.ClientId), ("post_logout_redirect_uri", Goodbye)));
        _flow.UseAnotherBrowser();
        using var page = await _flow.Browser.GetAsync(begun.Headers.Location!.OriginalString);

        Assert.Equal(HttpStatusCode.NotFound, page.StatusCode);
    }

    [Fact]
    public async Task Nobody_goes_on_before_the_session_has_ended()
    {
        await SignInAsync();
        var (page, _) = await _flow.FollowAsync(Url(("client_id", _flow.ClientId), ("post_logout_redirect_uri", Goodbye)));
        using var early = await _flow.Browser.GetAsync(Endpoint + "/resume?logout=" + page.Split('/')[^1]);

        Assert.Equal((HttpStatusCode.BadRequest, null), (early.StatusCode, early.Headers.Location));
    }

    private static string Url(params (string Name, string? Value)[] parameters) =>
        Endpoint + "?" + string.Join('&', parameters.Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value!)}"));

    private async Task<string> SignInAsync()
    {
        var answer = await _flow.RedeemAsync(await _flow.ObtainCodeAsync(("scope", "openid")));
        return (string)answer.Body["id_token"]!;
    }

    private async Task AssertSignedInAsync(bool expected)
    {
        using var answer = await _flow.Browser.GetAsync("/exchange/portals/org/applications/");
        Assert.Equal(expected ? HttpStatusCode.OK : HttpStatusCode.SeeOther, answer.StatusCode);
    }
}
