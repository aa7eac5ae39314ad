using System.Buffers.Text;
using System.Text.Json;
using OpenIddict.Abstractions;
using static OpenIddict.Client.OpenIddictClientModels;

namespace Gatehouse.Tests.Interop.Clients.OpenIddict;

/// <summary>OpenIddict's client in a web site.</summary>
public sealed class OpenIddictTests(OpenIddictSite site) : IClassFixture<OpenIddictSite>
{
    [Fact, Passes(Library.OpenIddict, Flow.MetadataOpenId)]
    public async Task It_reads_the_metadata() =>
        Assert.Equal(new Uri(site.House.Issuer), (await site.Client.GetServerConfigurationByRegistrationIdAsync(OpenIddictSite.Service)).Issuer);

    [Fact, Passes(Library.OpenIddict, Flow.ClientCredentialsBasic)]
    public Task A_program_sends_its_secret_by_Basic() => OwnAsync(OpenIddictSite.Service);

    [Fact, Passes(Library.OpenIddict, Flow.ClientCredentialsPost)]
    public Task A_program_sends_its_secret_in_the_form() => OwnAsync(OpenIddictSite.ServiceByPost);

    [Fact, Passes(Library.OpenIddict, Flow.ClientCredentialsJwt)]
    public Task A_program_signs_instead() => OwnAsync(OpenIddictSite.Signer);

    [Fact, Passes(Library.OpenIddict, Flow.ClientCertificate)]
    public async Task A_program_shows_a_certificate_instead()
    {
        var answer = await site.Client.AuthenticateWithClientCredentialsAsync(new() { RegistrationId = OpenIddictSite.Certified });
        Assert.Equal(200, await site.CallAsync(answer.AccessToken, site.Known.Certificate.Certificate));
        Assert.Equal(401, await site.CallAsync(answer.AccessToken));
    }

    [Fact, Passes(Library.OpenIddict, Flow.SelfSignedCertificate)]
    public async Task A_program_shows_a_certificate_of_its_own_instead()
    {
        var answer = await site.Client.AuthenticateWithClientCredentialsAsync(new() { RegistrationId = OpenIddictSite.SelfSigned });
        Assert.Equal(200, await site.CallAsync(answer.AccessToken, site.Known.OwnCertificate.Certificate));
    }

    [Fact, Passes(Library.OpenIddict, Flow.CodePublic)]
    public Task A_site_without_a_secret_signs_its_users_in() => SignsInAsync(OpenIddictSite.Public);

    [Fact, Passes(Library.OpenIddict, Flow.CodeConfidential)]
    public Task A_site_with_a_secret_signs_its_users_in() => SignsInAsync(OpenIddictSite.Confidential);

    [Fact, Passes(Library.OpenIddict, Flow.FormPost)]
    public Task The_answer_comes_by_a_form() => SignsInAsync(OpenIddictSite.FormPost);

    [Fact, Passes(Library.OpenIddict, Flow.PushedRequest)]
    public Task The_request_is_pushed() => SignsInAsync(OpenIddictSite.Pushed);

    [Fact, Passes(Library.OpenIddict, Flow.IdToken), Passes(Library.OpenIddict, Flow.UserInfo)]
    public async Task It_learns_who_the_user_is()
    {
        var known = await site.SignInAsync(OpenIddictSite.Confidential);
        Assert.True(Guid.TryParse(known.Subject, out _));
        Assert.Contains('@', known.Email!);
    }

    [Fact, Passes(Library.OpenIddict, Flow.Logout)]
    public async Task Who_signs_out_of_the_site_is_signed_out_of_Gatehouse()
    {
        using var browser = site.House.OpenBrowser();
        var known = await site.SignInAsync(OpenIddictSite.Confidential, browser);
        Assert.Equal(200, await site.CallAsync(known.AccessToken));

        var arrival = await browser.VisitAsync($"{site.Url}/logout/{OpenIddictSite.Confidential}?hint={known.IdToken}");

        Assert.Equal("/bye", arrival.Page); // What it remembers of where the user was going: it has taken the state back.
        await site.IsRefusedSoonAsync(known.AccessToken);
    }

    [Fact, Passes(Library.OpenIddict, Flow.ResourceIndicator)]
    public async Task The_token_is_for_the_API_alone()
    {
        var answer = await site.Client.AuthenticateWithClientCredentialsAsync(new ClientCredentialsAuthenticationRequest
        {
            RegistrationId = OpenIddictSite.Service, Resources = [site.House.Resource],
        });
        var claims = JsonElement.Parse(Base64Url.DecodeFromChars(answer.AccessToken.Split('.')[1]));
        Assert.Equal(site.House.Resource, claims.GetProperty("aud").ToString());
    }

    [Fact, Passes(Library.OpenIddict, Flow.RefreshPublic)]
    public async Task A_site_without_a_secret_gets_a_new_refresh_token_each_time()
    {
        var known = await site.SignInAsync(OpenIddictSite.Public);
        var again = await RefreshAsync(OpenIddictSite.Public, known.RefreshToken);
        Assert.NotEqual(known.RefreshToken, again.RefreshToken);
    }

    [Fact, Passes(Library.OpenIddict, Flow.RefreshConfidential)]
    public async Task A_site_with_a_secret_keeps_its_refresh_token()
    {
        var known = await site.SignInAsync(OpenIddictSite.Confidential);
        await RefreshAsync(OpenIddictSite.Confidential, known.RefreshToken);
        await RefreshAsync(OpenIddictSite.Confidential, known.RefreshToken);
    }

    [Fact, Passes(Library.OpenIddict, Flow.Device)]
    public async Task A_device_obtains_a_token()
    {
        var begun = await site.Client.ChallengeUsingDeviceAsync(
            new DeviceChallengeRequest { RegistrationId = OpenIddictSite.Public, Scopes = ["openid", Apis.Read] });
        Assert.Contains("is connected", (await site.Browser.VisitAsync(begun.VerificationUriComplete!.AbsoluteUri)).Page, StringComparison.Ordinal);
        var answer = await site.Client.AuthenticateWithDeviceAsync(new DeviceAuthenticationRequest
        {
            RegistrationId = OpenIddictSite.Public, DeviceCode = begun.DeviceCode, Interval = TimeSpan.FromSeconds(1), Timeout = TimeSpan.FromMinutes(1),
            Scopes = ["openid", Apis.Read],
        });
        Assert.Equal(200, await site.CallAsync(answer.AccessToken));
    }

    [Fact, Passes(Library.OpenIddict, Flow.TokenExchange)]
    public async Task A_token_is_exchanged()
    {
        var answer = await site.Client.AuthenticateWithTokenExchangeAsync(new TokenExchangeAuthenticationRequest
        {
            RegistrationId = OpenIddictSite.Exchanger, SubjectToken = (await site.SignInAsync(OpenIddictSite.Public)).AccessToken,
            SubjectTokenType = OpenIddictConstants.TokenTypeIdentifiers.AccessToken, RequestedTokenType = OpenIddictConstants.TokenTypeIdentifiers.AccessToken,
            Scopes = [Apis.Read], DisableUserInfo = true,
        });
        Assert.Equal(200, await site.CallAsync(answer.IssuedToken));
    }

    [Fact, Passes(Library.OpenIddict, Flow.JwtBearer)]
    public async Task A_workload_obtains_a_token()
    {
        var answer = await site.Client.AuthenticateWithCustomGrantAsync(new CustomGrantAuthenticationRequest
        {
            RegistrationId = OpenIddictSite.Federated, GrantType = "urn:ietf:params:oauth:grant-type:jwt-bearer", DisableUserInfo = true,
            AdditionalTokenRequestParameters = new() { ["assertion"] = site.Known.SignForWorkload(site.House.Issuer) },
        });
        Assert.Equal(200, await site.CallAsync(answer.AccessToken));
    }

    [Fact, Passes(Library.OpenIddict, Flow.Introspection)]
    public async Task An_API_asks_about_a_token()
    {
        var answer = await site.Client.IntrospectTokenAsync(new IntrospectionRequest
        {
            RegistrationId = OpenIddictSite.Service, Token = await OwnAsync(OpenIddictSite.Service), TokenTypeHint = "access_token",
        });
        Assert.Equal(site.Known.Service.ClientId, answer.Principal.GetClaim("client_id"));
    }

    [Fact, Passes(Library.OpenIddict, Flow.Revocation)]
    public async Task A_token_is_revoked()
    {
        var token = await OwnAsync(OpenIddictSite.Service);
        await site.Client.RevokeTokenAsync(new RevocationRequest { RegistrationId = OpenIddictSite.Service, Token = token, TokenTypeHint = "access_token" });
        await site.IsRefusedSoonAsync(token);
    }

    private async Task<string> OwnAsync(string registration)
    {
        var answer = await site.Client.AuthenticateWithClientCredentialsAsync(new ClientCredentialsAuthenticationRequest { RegistrationId = registration });
        Assert.Equal(200, await site.CallAsync(answer.AccessToken));
        return answer.AccessToken;
    }

    private async Task<RefreshTokenAuthenticationResult> RefreshAsync(string registration, string token)
    {
        var answer = await site.Client.AuthenticateWithRefreshTokenAsync(
            new RefreshTokenAuthenticationRequest { RegistrationId = registration, RefreshToken = token });
        Assert.Equal(200, await site.CallAsync(answer.AccessToken));
        return answer;
    }

    private async Task SignsInAsync(string registration) => Assert.Equal(200, await site.CallAsync((await site.SignInAsync(registration)).AccessToken));
}
