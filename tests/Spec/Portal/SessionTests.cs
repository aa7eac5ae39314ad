using System.Net;
using Gatehouse.Store.Model;
using Gatehouse.Store.Sessions;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Portal;

/// <summary>How a session on the portal begins anew and how it ends.</summary>
public sealed class SessionTests : IAsyncLifetime
{
    private const string Page = "/exchange/portals/org/applications";
    private const string Cookie = "__Host-gatehouse-session";

    private readonly TestNode _node = new();
    private string _email = string.Empty;
    private string _password = string.Empty;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        var (_, account) = await _node.Founder.CreateUserAsync(_node.Organization, "dana@example.org", "Dana", PortalRole.Developer);
        (_email, _password) = (account.Email, account.Password);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Requirement("Sessions-01")]
    public async Task Every_sign_in_begins_another_session_and_ends_the_one_before()
    {
        var visitor = new Visitor(_node);
        var first = await SignInAsync(visitor);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(first));

        var second = await SignInAsync(visitor);

        Assert.NotEqual(first, second);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(second));
        Assert.Equal(HttpStatusCode.SeeOther, await AskAsync(first));
    }

    [Theory]
    [InlineData("/exchange/\u00fc")]
    [InlineData("/exchange/\u2028")]
    public async Task An_address_that_no_header_can_hold_is_not_gone_back_to(string back)
    {
        var visitor = new Visitor(_node);

        using var answer = await visitor.PostAsync("/exchange/portals/org/sign-in", ("Email", _email), ("Password", _password), ("ReturnUrl", back));

        Assert.Equal((HttpStatusCode.SeeOther, Page + "/"), (answer.StatusCode, answer.Headers.Location?.OriginalString));
    }

    [Fact, Requirement("Sessions-05")]
    public async Task A_session_ends_when_nobody_uses_it_for_twelve_hours()
    {
        var cookie = await SignInAsync(new Visitor(_node));
        _node.Clock.Advance(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(1));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(cookie));
        _node.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(HttpStatusCode.SeeOther, await AskAsync(cookie));
    }

    [Fact, Requirement("Sessions-05")]
    public async Task A_session_ends_after_seven_days_however_busy_it_is()
    {
        var visitor = new Visitor(_node);
        await SignInAsync(visitor);
        for (var passed = TimeSpan.Zero; passed < UserSessions.AbsoluteLifetime - TimeSpan.FromHours(8); passed += TimeSpan.FromHours(8))
        {
            using var used = await visitor.GetAsync(Page);
            Assert.Equal(HttpStatusCode.OK, used.StatusCode);
            _node.Clock.Advance(TimeSpan.FromHours(8));
        }
        _node.Clock.Advance(TimeSpan.FromHours(8));
        using var over = await visitor.GetAsync(Page);
        Assert.Equal(HttpStatusCode.SeeOther, over.StatusCode);
    }

    private async Task<string> SignInAsync(Visitor visitor)
    {
        // Who is signed in already is asked only when the address says so.
        using var answer = await visitor.PostFromAsync(
            "/exchange/portals/org/sign-in?anew=true", "/exchange/portals/org/sign-in", ("Email", _email), ("Password", _password));
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return answer.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith(Cookie, StringComparison.Ordinal)).Split(';')[0];
    }

    private async Task<HttpStatusCode> AskAsync(string cookie)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Page);
        request.Headers.Add("Cookie", cookie);
        using var answer = await _node.Auth.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }
}
