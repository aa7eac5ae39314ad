using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Grants;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Authorization;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Token;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Spec.Device;

/// <summary>A device without a browser obtains a token with the help of its user's (RFC 8628).</summary>
public sealed class DeviceTests : IAsyncLifetime
{
    private const string Page = "/exchange/portals/org/device";

    private readonly TestNode _node = new();
    private CodeFlow _flow = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _flow = await CodeFlow.CreateAsync(_node, isPublic: true, change: draft => draft with { GrantTypes = [.. draft.GrantTypes, GrantType.DeviceCode] });
        await _flow.SignInAsync();
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Rfc(8628, "3.1"), Rfc(8628, "3.2"), Rfc(8628, "6.1"), Requirement("8628-04")]
    public async Task The_device_gets_a_code_for_itself_and_one_for_its_user()
    {
        var begun = await BeginAsync();

        Assert.Matches("^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$", (string)begun["user_code"]!);
        Assert.Equal(43, ((string)begun["device_code"]!).Length);
        Assert.Equal(TestNode.Issuer + Page, (string?)begun["verification_uri"]);
        Assert.Equal($"{TestNode.Issuer}{Page}?user_code={begun["user_code"]}", (string?)begun["verification_uri_complete"]);
        Assert.Equal((600, 5), ((int)begun["expires_in"]!, (int)begun["interval"]!));
    }

    [Fact, Rfc(8628, "3.3"), Rfc(8628, "3.4"), Rfc(8628, "3.5"), Requirement("8628-07")]
    public async Task It_has_tokens_when_the_user_has_allowed_it()
    {
        var begun = await BeginAsync("&scope=openid things:read");
        (await AskAsync(begun)).IsRefused(400, "authorization_pending");

        var shown = await TextAsync(await _flow.Browser.PostAsync(Page, ("Code", ((string)begun["user_code"]!).Replace("-", " ", StringComparison.Ordinal).ToLowerInvariant())));
        Assert.Contains("Shipper", shown, StringComparison.Ordinal);
        Assert.Contains((string)begun["user_code"]!, shown, StringComparison.Ordinal);
        await DecideAsync(begun, "allow");
        var answer = await AskAsync(begun);

        Assert.Equal((200, "openid things:read"), (answer.Status, (string?)answer.Body["scope"]));
        Assert.NotNull(answer.Body["id_token"]);
        using var call = await _node.CallAsync("/things", (string)answer.Body["access_token"]!);
        Assert.Equal(HttpStatusCode.OK, call.StatusCode);
        Assert.Equal(200, (await _flow.RefreshAsync((string)answer.Body["refresh_token"]!)).Status);
        Assert.Contains("Shipper", await TextAsync(await _flow.Browser.GetAsync("/exchange/portals/org/access")), StringComparison.Ordinal);
    }

    [Fact, Rfc(8628, "3.3.1")]
    public async Task The_complete_address_shows_the_code_and_still_asks()
    {
        var begun = await BeginAsync();
        var shown = await TextAsync(await _flow.Browser.GetAsync($"{Page}?user_code={begun["user_code"]}"));
        Assert.Contains((string)begun["user_code"]!, shown, StringComparison.Ordinal);
        Assert.Contains("value=\"allow\"", shown, StringComparison.Ordinal);
        (await AskAsync(begun)).IsRefused(400, "authorization_pending");
    }

    [Fact, Rfc(8628, "5.1")]
    public async Task Addresses_that_another_site_opens_use_up_no_guess_of_the_person()
    {
        var begun = await BeginAsync();
        for (var opened = 0; opened < 12; opened++) (await _flow.Browser.GetAsync(Page + "?user_code=BCDF-BCDF")).Dispose();
        Assert.Contains("Too many codes", await TextAsync(await _flow.Browser.GetAsync($"{Page}?user_code={begun["user_code"]}")), StringComparison.Ordinal);

        Assert.Contains("Shipper", await TextAsync(await _flow.Browser.PostAsync(Page, ("Code", (string)begun["user_code"]!))), StringComparison.Ordinal);
    }

    [Fact, Rfc(8628, "3.5")]
    public async Task One_that_asks_too_fast_must_slow_down()
    {
        var begun = await BeginAsync();
        (await AskAsync(begun)).IsRefused(400, "authorization_pending");
        (await AskAsync(begun)).IsRefused(400, "slow_down");
        _node.Clock.Advance(TimeSpan.FromSeconds(6));
        (await AskAsync(begun)).IsRefused(400, "slow_down");
        _node.Clock.Advance(TimeSpan.FromSeconds(16));
        (await AskAsync(begun)).IsRefused(400, "authorization_pending");
    }

    [Fact, Rfc(8628, "3.5"), Requirement("8628-09", "8628-10")]
    public async Task A_refusal_and_an_end_are_told()
    {
        var denied = await BeginAsync();
        await DecideAsync(denied, "deny");
        (await AskAsync(denied)).IsRefused(400, "access_denied");

        var late = await BeginAsync();
        _node.Clock.Advance(TimeSpan.FromMinutes(11));
        (await AskAsync(late)).IsRefused(400, "expired_token");
    }

    [Fact, Rfc(8628, "5.2"), Rfc(6749, "5.2"), Requirement("8628-06", "8628-11")]
    public async Task A_device_code_is_its_applications_and_works_once()
    {
        var begun = await BeginAsync();
        await DecideAsync(begun, "allow");
        var other = await CodeFlow.CreateAsync(_node, isPublic: true, email: "kim@example.org", change: draft => draft with { GrantTypes = [GrantType.DeviceCode] });
        (await AskAsync(begun, other)).IsRefused(400, "invalid_grant");

        var answer = await AskAsync(begun);
        (await AskAsync(begun)).IsRefused(400, "invalid_grant");

        Assert.Equal(200, answer.Status);
        await _node.SettleAsync();
        using var call = await _node.CallAsync("/things", (string)answer.Body["access_token"]!);
        Assert.Equal(HttpStatusCode.Unauthorized, call.StatusCode);
    }

    [Fact, Rfc(8628, "5.2"), Rfc(6749, "10.5")]
    public async Task Of_two_that_ask_at_once_neither_keeps_what_was_given()
    {
        var begun = await BeginAsync();
        await DecideAsync(begun, "allow");
        var request = (await _node.Get<DeviceRegister>().AskAsync((string)begun["device_code"]!, _flow.ApplicationId, default)).Request!;

        Task<Redeemed> Redeem() => _node.Get<GrantRegister>().RedeemDeviceAsync((string)begun["device_code"]!, request, true, null, default);
        Assert.True((await Redeem()).IsWon);
        Assert.False((await Redeem()).IsWon);

        await using var db = _node.Database.Open();
        Assert.NotNull((await db.Grants.AsNoTracking().SingleAsync(row => row.Id == request.GrantId)).EndedAt);
    }

    [Fact, Rfc(8628, "3.5")]
    public async Task What_the_user_took_back_before_the_device_asked_is_not_given()
    {
        var begun = await BeginAsync();
        await DecideAsync(begun, "allow");
        Assert.True((await _node.Get<GrantRegister>().TakeBackAsync(_flow.ApplicationId, _flow.UserId, Actor.System, default)).Succeeded);
        (await AskAsync(begun)).IsRefused(400, "invalid_grant");
    }

    [Fact, Rfc(8628, "3.5")]
    public async Task What_was_taken_back_stays_so_when_the_user_allows_the_application_again()
    {
        var begun = await BeginAsync();
        await DecideAsync(begun, "allow");
        Assert.True((await _node.Get<GrantRegister>().TakeBackAsync(_flow.ApplicationId, _flow.UserId, Actor.System, default)).Succeeded);
        var another = await BeginAsync();
        await DecideAsync(another, "allow");

        (await AskAsync(begun)).IsRefused(400, "invalid_grant");
        Assert.Equal(200, (await AskAsync(another)).Status);
    }

    [Fact, Rfc(8628, "3.5"), Rfc(9700, "4.14.2")]
    public async Task What_was_allowed_before_all_tokens_were_revoked_is_not_given_after()
    {
        var begun = await BeginAsync();
        await DecideAsync(begun, "allow");
        Assert.True((await _node.Get<ApplicationOperations>().RevokeTokensAsync(_flow.ApplicationId, Actor.System)).Succeeded);
        await _node.SettleAsync();
        _node.Clock.Advance(TimeSpan.FromSeconds(5));
        (await AskAsync(begun)).IsRefused(400, "invalid_grant");
    }

    [Fact, Rfc(8628, "5.1"), Requirement("8628-12")]
    public async Task Guessing_codes_ends_soon()
    {
        var begun = await BeginAsync();
        for (var guess = 0; guess < 10; guess++)
            Assert.Contains("No device waits", await TextAsync(await _flow.Browser.PostAsync(Page, ("Code", "BBBB-BBBB"))), StringComparison.Ordinal);
        Assert.Contains("Too many codes", await TextAsync(await _flow.Browser.PostAsync(Page, ("Code", (string)begun["user_code"]!))), StringComparison.Ordinal);
    }

    [Fact, Rfc(8628, "3.1")]
    public async Task An_application_that_may_not_is_refused()
    {
        var other = await CodeFlow.CreateAsync(_node, email: "kim@example.org");
        using var answer = await PostAsync(other, string.Empty);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("unauthorized_client", (string?)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["error"]);
    }

    [Fact, Rfc(8628, "3.1"), Requirement("8628-01", "8628-02")]
    public async Task The_request_is_the_applications_and_says_each_thing_once()
    {
        Assert.Equal("invalid_client", await RefusedAsync("scope=openid"));
        var secret = await CodeFlow.CreateAsync(_node, email: "kim@example.org", change: draft => draft with { GrantTypes = [.. draft.GrantTypes, GrantType.DeviceCode] });
        Assert.Equal("invalid_client", await RefusedAsync($"client_id={secret.ClientId}"));
        Assert.Equal("invalid_request", await RefusedAsync($"client_id={_flow.ClientId}&scope=openid&scope=openid"));
        Assert.NotNull(await BeginAsync("&unheard=of"));
    }

    [Fact, Rfc(8628, "3.5"), Requirement("8628-11")]
    public async Task Of_twenty_at_once_one_wins()
    {
        var begun = await BeginAsync();
        await DecideAsync(begun, "allow");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => AskAsync(begun)));
        Assert.Single(answers, answer => answer.Status == 200);
    }

    [Fact, Rfc(8628, "3.3"), Requirement("8628-17")]
    public async Task Another_sites_form_decides_nothing()
    {
        var begun = await BeginAsync();
        using var forged = await _flow.Browser.PostUnprotectedAsync(Page, ("Code", (string)begun["user_code"]!), ("decision", "allow"));
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        (await AskAsync(begun)).IsRefused(400, "authorization_pending");
    }

    private async Task<string?> RefusedAsync(string form)
    {
        using var content = new StringContent(form, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        using var answer = await _node.Auth.PostAsync("/as/device_authz.oauth2", content);
        return (string?)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["error"];
    }

    private async Task<JsonObject> BeginAsync(string more = "")
    {
        using var answer = await PostAsync(_flow, more);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
    }

    private async Task<HttpResponseMessage> PostAsync(CodeFlow flow, string more)
    {
        using var content = new StringContent(flow.Authentication[1..] + more, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        return await _node.Auth.PostAsync("/as/device_authz.oauth2", content);
    }

    private Task<TokenAnswer> AskAsync(JsonObject begun, CodeFlow? flow = null) =>
        _node.Auth.PostTokenAsync($"grant_type={GrantType.DeviceCode}&device_code={begun["device_code"]}{(flow ?? _flow).Authentication}");

    private async Task DecideAsync(JsonObject begun, string decision)
    {
        using var answer = await _flow.Browser.PostAsync($"{Page}?user_code={begun["user_code"]}", ("Code", (string)begun["user_code"]!), ("decision", decision));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    private static async Task<string> TextAsync(HttpResponseMessage answer)
    {
        using (answer) return await answer.Content.ReadAsStringAsync();
    }
}
