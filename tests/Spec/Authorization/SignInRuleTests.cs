using System.Text.Json.Nodes;
using Gatehouse.Store.Model;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Authorization;

/// <summary>When somebody who is signed in must sign in again, and for whom there is an answer (OpenID Connect Core §3.1.2.1, §3.1.2.2).</summary>
public sealed class SignInRuleTests : IAsyncLifetime
{
    private readonly TestNode _node = new();
    private CodeFlow _flow = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _flow = await CodeFlow.CreateAsync(_node);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Theory]
    [InlineData("prompt", "login")]
    [InlineData("prompt", "select_account")]
    [InlineData("prompt", "login consent")]
    [InlineData("max_age", "0")]
    public async Task A_new_sign_in_is_asked_for_also_in_the_second_of_the_last_one(string name, string value)
    {
        var first = await ClaimsAsync();
        _node.Clock.Advance(TimeSpan.FromMilliseconds(50));

        var (page, _) = await _flow.FollowAsync(_flow.Url(("scope", "openid"), (name, value)));
        Assert.Contains("/sign-in", page, StringComparison.Ordinal);

        _node.Clock.Advance(TimeSpan.FromSeconds(2));
        var second = await ClaimsAsync((name, value));
        Assert.True((long)second["auth_time"]! > (long)first["auth_time"]!);
    }

    [Fact]
    public async Task Within_max_age_nobody_is_asked_and_after_it_everybody()
    {
        await ClaimsAsync();
        _node.Clock.Advance(TimeSpan.FromSeconds(10));
        var (within, _) = await _flow.FollowAsync(_flow.Url(("scope", "openid"), ("max_age", "10")));
        _node.Clock.Advance(TimeSpan.FromSeconds(1));
        var (after, _) = await _flow.FollowAsync(_flow.Url(("scope", "openid"), ("max_age", "10")));

        Assert.DoesNotContain("/sign-in", within, StringComparison.Ordinal);
        Assert.Contains("/sign-in", after, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prompt_none_with_a_max_age_that_is_over_needs_a_login()
    {
        await ClaimsAsync();
        _node.Clock.Advance(TimeSpan.FromSeconds(2));

        var (_, answer) = await _flow.FollowAsync(_flow.Url(("scope", "openid"), ("prompt", "none"), ("max_age", "1")));

        Assert.Equal("login_required", CodeFlow.Parameter(answer.Headers.Location!, "error"));
    }

    [Fact]
    public async Task A_hint_at_the_user_who_is_signed_in_changes_nothing()
    {
        var idToken = await IdTokenAsync();
        _node.Clock.Advance(TimeSpan.FromHours(1)); // It has expired long ago.

        var (_, answer) = await _flow.FollowAsync(_flow.Url(("scope", "openid"), ("prompt", "none"), ("id_token_hint", idToken)));

        Assert.NotNull(CodeFlow.Parameter(answer.Headers.Location!, "code"));
    }

    [Fact]
    public async Task There_is_no_answer_for_another_user_than_the_hint_names()
    {
        var idToken = await IdTokenAsync();
        var (_, other) = await _node.Founder.CreateUserAsync(_node.Organization, "robin@example.org", "Robin", PortalRole.Developer);
        _flow.UseAnotherBrowser();
        using (await _flow.Browser.SignInAsync(other.Email, other.Password)) _node.Clock.Advance(TimeSpan.FromSeconds(1));

        var (_, silent) = await _flow.FollowAsync(_flow.Url(("scope", "openid"), ("prompt", "none"), ("id_token_hint", idToken)));
        var (page, _) = await _flow.FollowAsync(_flow.Url(("scope", "openid"), ("id_token_hint", idToken)));
        Assert.Equal("login_required", CodeFlow.Parameter(silent.Headers.Location!, "error"));
        Assert.Contains("/sign-in", page, StringComparison.Ordinal);

        var back = System.Web.HttpUtility.ParseQueryString(page.Split('?', 2)[1])["returnUrl"]!;
        using (await _flow.Browser.PostAsync(page, ("Email", other.Email), ("Password", other.Password), ("ReturnUrl", back))) _node.Clock.Advance(TimeSpan.FromSeconds(1));
        using var shown = await _flow.Browser.GetAsync(back);
        var (_, resumed) = await _flow.FollowAsync(shown.Headers.GetValues("Refresh").Single().Split("url=")[1]);
        Assert.Equal("login_required", CodeFlow.Parameter(resumed.Headers.Location!, "error"));
    }

    private async Task<JsonObject> ClaimsAsync(params (string Name, string? Value)[] changes) => TokenForge.Read((await IdTokenAsync(changes)).Split('.')[1]);

    private async Task<string> IdTokenAsync(params (string Name, string? Value)[] changes)
    {
        var answer = await _flow.RedeemAsync(await _flow.ObtainCodeAsync([("scope", "openid"), .. changes]));
        Assert.Equal(200, answer.Status);
        return (string)answer.Body["id_token"]!;
    }
}
