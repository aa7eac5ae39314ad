namespace Gatehouse.Tests.Interop.Clients.AspNet;

/// <summary>The OpenID Connect handler of ASP.NET Core, in a web site as its documentation sets it up.</summary>
public sealed class OpenIdConnectTests(RelyingParty site) : IClassFixture<RelyingParty>
{
    [Fact, Passes(Library.OpenIdConnect, Flow.CodePublic), Passes(Library.OpenIdConnect, Flow.MetadataOpenId)]
    public Task A_site_without_a_secret_signs_its_users_in() => SignsInAsync(RelyingParty.Public);

    [Fact, Passes(Library.OpenIdConnect, Flow.CodeConfidential)]
    public Task A_site_with_a_secret_signs_its_users_in() => SignsInAsync(RelyingParty.Confidential);

    [Fact, Passes(Library.OpenIdConnect, Flow.FormPost)]
    public Task The_answer_comes_by_a_form() => SignsInAsync(RelyingParty.FormPost);

    [Fact, Passes(Library.OpenIdConnect, Flow.PushedRequest)]
    public Task The_request_is_pushed() => SignsInAsync(RelyingParty.Pushed);

    [Fact, Passes(Library.OpenIdConnect, Flow.IdToken)]
    public async Task The_ID_token_is_verified()
    {
        var known = await site.SignInAsync(RelyingParty.Confidential);
        Assert.True(Guid.TryParse(known.Claims["sub"], out _));
        Assert.NotEmpty(known.Claims["auth_time"]); // It stands in the ID token alone; the handler takes nothing from one that it has not verified.
    }

    [Fact, Passes(Library.OpenIdConnect, Flow.UserInfo)]
    public async Task It_learns_who_the_user_is() => Assert.Contains('@', (await site.SignInAsync(RelyingParty.Confidential)).Claims["email"]);

    [Fact, Passes(Library.OpenIdConnect, Flow.ResourceIndicator)]
    public async Task The_token_is_for_the_API_that_was_named()
    {
        var known = await site.SignInAsync(RelyingParty.Resource);
        Assert.Equal(200, await site.CallAsync(known.AccessToken));
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => site.SignInAsync(RelyingParty.UnknownResource));
        Assert.Contains("invalid_target", refused.Message, StringComparison.Ordinal);
    }

    [Fact, Passes(Library.OpenIdConnect, Flow.Logout)]
    public async Task Who_signs_out_of_the_site_is_signed_out_of_Gatehouse()
    {
        using var browser = site.House.OpenBrowser();
        var known = await site.SignInAsync(RelyingParty.Confidential, browser);
        Assert.Equal(200, await site.CallAsync(known.AccessToken));

        var arrival = await browser.VisitAsync($"{site.Url}/logout/{RelyingParty.Confidential}");

        Assert.Equal((site.Url + "/bye", "Bye."), (arrival.Url, arrival.Page));
        await site.IsRefusedSoonAsync(known.AccessToken);
    }

    private async Task SignsInAsync(string scheme)
    {
        var known = await site.SignInAsync(scheme);
        Assert.True(Guid.TryParse(known.Claims["sub"], out _));
        Assert.Equal(200, await site.CallAsync(known.AccessToken));
        Assert.NotEmpty(known.RefreshToken);
    }
}
