using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace Gatehouse.Tests.Interop.Clients.AspNet;

/// <summary>What the site knows after a sign-in.</summary>
internal sealed record SignedIn(IReadOnlyDictionary<string, string> Claims, string AccessToken, string RefreshToken);

/// <summary>A web site that signs its users in with the framework's handler; each scheme is a way to do it.</summary>
public sealed class RelyingParty(RunningHouse house) : LibrarySite(house, "aspnet")
{
    public const string Public = "public";
    public const string Confidential = "confidential";
    public const string FormPost = "form-post";
    public const string Pushed = "pushed";
    public const string Resource = "resource";
    public const string UnknownResource = "unknown-resource";

    private static readonly string[] Schemes = [Public, Confidential, FormPost, Pushed, Resource, UnknownResource];

    protected override IEnumerable<string> RedirectUris => Schemes.Select(scheme => $"{Url}/signin-{scheme}");

    protected override IEnumerable<string> Goodbyes => [$"{Url}/signout-{Confidential}"];

    internal async Task<SignedIn> SignInAsync(string scheme, Person? browser = null)
    {
        var arrival = await (browser ?? Browser).VisitAsync($"{Url}/login/{scheme}");
        return JsonSerializer.Deserialize<SignedIn>(arrival.Page, JsonSerializerOptions.Web)!;
    }

    protected override void Add(WebApplicationBuilder builder)
    {
        var authentication = builder.Services.AddAuthorization().AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie();
        foreach (var scheme in Schemes) authentication.AddOpenIdConnect(scheme, options => Configure(options, scheme));
    }

    private void Configure(OpenIdConnectOptions options, string scheme)
    {
        var application = scheme is Public or Resource or UnknownResource ? Known.Public : Known.Confidential;
        (options.Authority, options.ClientId, options.CallbackPath) = (House.Issuer, application.ClientId, $"/signin-{scheme}");
        options.SignedOutCallbackPath = $"/signout-{scheme}";
        if (application.ClientSecret.Length > 0) options.ClientSecret = application.ClientSecret;
        options.ResponseType = OpenIdConnectResponseType.Code;
        options.ResponseMode = scheme == FormPost ? OpenIdConnectResponseMode.FormPost : OpenIdConnectResponseMode.Query;
        options.PushedAuthorizationBehavior = scheme == Pushed ? PushedAuthorizationBehavior.Require : PushedAuthorizationBehavior.Disable;
        options.Resource = scheme == Resource ? House.Resource : scheme == UnknownResource ? House.Resource + "/nothing" : null;
        if (options.Resource is null) options.GetClaimsFromUserInfoEndpoint = true; // A token that an API was named for does not open userinfo.
        options.Scope.Clear();
        foreach (var scope in (string[])["openid", "email", Apis.Read]) options.Scope.Add(scope);
        options.SaveTokens = true;
        options.MapInboundClaims = false;
        options.BackchannelHttpHandler = TrustingHttp.CreateHandler(House.CaFile);
    }

    protected override void Use(WebApplication app)
    {
        app.UseAuthentication();
        app.MapGet("/login/{scheme}", (string scheme) => Results.Challenge(new AuthenticationProperties { RedirectUri = "/me" }, [scheme]));
        app.MapGet("/logout/{scheme}", (string scheme) =>
            Results.SignOut(new AuthenticationProperties { RedirectUri = "/bye" }, [CookieAuthenticationDefaults.AuthenticationScheme, scheme]));
        app.MapGet("/bye", (HttpContext http) => http.User.Identity?.IsAuthenticated == true ? "Still here." : "Bye.");
        app.MapGet("/me", async (HttpContext http) =>
        {
            var claims = http.User.Claims.GroupBy(claim => claim.Type).ToDictionary(group => group.Key, group => group.First().Value);
            return Results.Json(new SignedIn(
                claims, await http.GetTokenAsync("access_token") ?? string.Empty, await http.GetTokenAsync("refresh_token") ?? string.Empty));
        });
    }
}
