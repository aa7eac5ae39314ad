using Duende.IdentityModel.Client;
using Duende.IdentityModel.OidcClient;

namespace Gatehouse.Tests.Interop.Clients.Duende;

/// <summary>Duende.IdentityModel.OidcClient: a program that signs its user in.</summary>
public sealed class DuendeOidcTests(DuendeApplications fixture) : IClassFixture<DuendeApplications>
{
    private Applications Known => fixture.Known;

    [Fact, Passes(Library.Duende, Flow.CodePublic)]
    public async Task A_public_program_signs_its_user_in() => await SignInAsync(fixture.CreateOidcClient(Known.Public));

    [Fact, Passes(Library.Duende, Flow.CodeConfidential)]
    public async Task A_program_with_a_secret_signs_its_user_in() => await SignInAsync(fixture.CreateOidcClient(Known.Confidential));

    [Fact, Passes(Library.Duende, Flow.FormPost)]
    public async Task The_answer_comes_by_a_form() =>
        await SignInAsync(fixture.CreateOidcClient(Known.Confidential), new LoginRequest
        {
             FrontChannelExtraParameters = new Parameters { { "response_mode", "form_post" } },
        });

    [Fact, Passes(Library.Duende, Flow.PushedRequest)]
    public async Task The_request_is_pushed() =>
        await SignInAsync(fixture.CreateOidcClient(Known.Confidential, options => options.DisablePushedAuthorization = false));

    [Fact, Passes(Library.Duende, Flow.ResourceIndicator)]
    public async Task The_token_is_for_the_API_that_was_named()
    {
        await SignInAsync(fixture.CreateOidcClient(Known.Public, options => options.Resource = [fixture.House.Resource]));
        var refused = await fixture.CreateOidcClient(Known.Public, options => options.Resource = [fixture.House.Resource + "/nothing"]).LoginAsync();
        Assert.Equal("invalid_target", refused.Error);
    }

    [Fact, Passes(Library.Duende, Flow.UserInfo)]
    public async Task It_learns_who_the_user_is()
    {
        var result = await SignInAsync(fixture.CreateOidcClient(Known.Public, options => options.LoadProfile = true));
        Assert.Contains(result.User.Claims, claim => claim.Type == "email");
    }

    [Fact, Passes(Library.Duende, Flow.Logout)]
    public async Task Who_signs_out_of_the_program_is_signed_out_of_Gatehouse()
    {
        using var browser = fixture.House.OpenBrowser();
        var client = fixture.CreateOidcClient(Known.Public, browser: browser);
        var known = await SignInAsync(client);

        var result = await client.LogoutAsync(new LogoutRequest { IdTokenHint = known.IdentityToken, State = "left" });

        Assert.Equal((null, Applications.Goodbye + "?state=left"), (result.Error, result.Response));
        await fixture.IsRefusedSoonAsync(known.AccessToken);
    }

    [Fact, Passes(Library.Duende, Flow.RefreshPublic)]
    public async Task A_public_program_gets_a_new_refresh_token_each_time()
    {
        var client = fixture.CreateOidcClient(Known.Public);
        var result = await SignInAsync(client);
        var again = await client.RefreshTokenAsync(result.RefreshToken);
        Assert.False(again.IsError, again.Error);
        Assert.NotEqual(result.RefreshToken, again.RefreshToken);
        Assert.Equal(200, await fixture.CallAsync(again.AccessToken));
    }

    [Fact, Passes(Library.Duende, Flow.RefreshConfidential)]
    public async Task A_program_with_a_secret_keeps_its_refresh_token()
    {
        var client = fixture.CreateOidcClient(Known.Confidential);
        var result = await SignInAsync(client);
        for (var time = 0; time < 2; time++)
        {
            var again = await client.RefreshTokenAsync(result.RefreshToken);
            Assert.False(again.IsError, again.Error);
            Assert.Equal(200, await fixture.CallAsync(again.AccessToken));
        }
    }

    private async Task<LoginResult> SignInAsync(OidcClient client, LoginRequest? request = null)
    {
        var result = await client.LoginAsync(request ?? new LoginRequest());
        Assert.False(result.IsError, $"{result.Error} {result.ErrorDescription}");
        Assert.Equal(200, await fixture.CallAsync(result.AccessToken));
        return result;
    }
}
