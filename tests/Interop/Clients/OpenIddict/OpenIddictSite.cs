using System.Text.Json;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Client;
using OpenIddict.Client.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Gatehouse.Tests.Interop.Clients.OpenIddict;

/// <summary>What the site knows after a sign-in.</summary>
internal sealed record SignedIn(string Subject, string? Email, string AccessToken, string RefreshToken, string IdToken);

/// <summary>A web site with OpenIddict's client: one registration for each way to use it.</summary>
public sealed class OpenIddictSite(RunningHouse house) : LibrarySite(house, "openiddict")
{
    public const string Public = "public";
    public const string Confidential = "confidential";
    public const string FormPost = "form-post";
    public const string Pushed = "pushed";
    public const string Service = "service";
    public const string ServiceByPost = "service-post";
    public const string Signer = "signer";
    public const string Certified = "certified";
    public const string SelfSigned = "self-signed";
    public const string Exchanger = "exchanger";
    public const string Federated = "federated";

    private static readonly string[] Interactive = [Public, Confidential, FormPost, Pushed];

    /// <summary>What a program without a browser calls.</summary>
    internal OpenIddictClientService Client => Services.GetRequiredService<OpenIddictClientService>();

    protected override IEnumerable<string> RedirectUris => Interactive.Select(RedirectUri);

    protected override IEnumerable<string> Goodbyes => Interactive.Select(Goodbye);

    internal async Task<SignedIn> SignInAsync(string registration, Person? browser = null)
    {
        var arrival = await (browser ?? Browser).VisitAsync($"{Url}/login/{registration}");
        return JsonSerializer.Deserialize<SignedIn>(arrival.Page, JsonSerializerOptions.Web)!;
    }

    private string RedirectUri(string registration) => $"{Url}/callback/{registration}";

    private string Goodbye(string registration) => $"{Url}/goodbye/{registration}";

    protected override void Add(WebApplicationBuilder builder) => builder.Services.AddAuthentication().Services.AddOpenIddict().AddClient(options =>
    {
        options.AllowAuthorizationCodeFlow().AllowRefreshTokenFlow().AllowClientCredentialsFlow().AllowDeviceAuthorizationFlow().AllowTokenExchangeFlow();
        options.AllowCustomFlow("urn:ietf:params:oauth:grant-type:jwt-bearer");
        options.AddEphemeralEncryptionKey().AddEphemeralSigningKey().DisableTokenStorage();
        options.UseAspNetCore().EnableRedirectionEndpointPassthrough().EnablePostLogoutRedirectionEndpointPassthrough();
        options.UseSystemNetHttp().ConfigureHttpClientHandler(handler => handler.ServerCertificateCustomValidationCallback = IsOurs);
        foreach (var registration in Registrations()) options.AddRegistration(registration);
    });

    private IEnumerable<OpenIddictClientRegistration> Registrations()
    {
        foreach (var name in Interactive) yield return ForUsers(name);
        yield return Own(Service, Known.Service, ClientAuthenticationMethods.ClientSecretBasic);
        yield return Own(ServiceByPost, Known.Service, ClientAuthenticationMethods.ClientSecretPost);
        yield return Showing(Own(Certified, Known.Certified, ClientAuthenticationMethods.TlsClientAuth), Known.Certificate);
        yield return Showing(Own(SelfSigned, Known.SelfSigned, ClientAuthenticationMethods.SelfSignedTlsClientAuth), Known.OwnCertificate);
        yield return Own(Exchanger, Known.Exchanger, ClientAuthenticationMethods.ClientSecretBasic);
        yield return Own(Federated, Known.Federated, ClientAuthenticationMethods.None);
        var signer = Own(Signer, Known.Signer, ClientAuthenticationMethods.PrivateKeyJwt);
        signer.SigningCredentials.Add(new SigningCredentials(new ECDsaSecurityKey(Known.SignerKey.Pair) { KeyId = Known.SignerKey.Id }, "ES256"));
        yield return signer;
    }

    private OpenIddictClientRegistration ForUsers(string name)
    {
        var application = name == Public ? Known.Public : Known.Confidential;
        var made = Own(name, application, name == Public ? ClientAuthenticationMethods.None : ClientAuthenticationMethods.ClientSecretBasic);
        made.RedirectUri = new Uri(RedirectUri(name));
        made.PostLogoutRedirectUri = new Uri(Goodbye(name));
        made.DisablePushedAuthorizationRequests = name != Pushed;
        made.ResponseModes.Add(name == FormPost ? ResponseModes.FormPost : ResponseModes.Query);
        made.Scopes.UnionWith([Scopes.OpenId, Scopes.Email, Apis.Read]);
        return made;
    }

    private OpenIddictClientRegistration Own(string name, Credentials application, string method) => new()
    {
        RegistrationId = name, ProviderName = name, Issuer = new Uri(House.Issuer), ClientId = application.ClientId,
        ClientSecret = application.ClientSecret.Length > 0 ? application.ClientSecret : null, ClientAuthenticationMethods = { method },
    };

    // It takes the certificate that it shows from among the keys that it signs with.
    private static OpenIddictClientRegistration Showing(OpenIddictClientRegistration made, Certified certified)
    {
        made.SigningCredentials.Add(new SigningCredentials(new X509SecurityKey(certified.Certificate), "ES256"));
        return made;
    }

    private bool IsOurs(
        HttpRequestMessage request, System.Security.Cryptography.X509Certificates.X509Certificate2? certificate,
        System.Security.Cryptography.X509Certificates.X509Chain? chain, System.Net.Security.SslPolicyErrors errors) =>
        certificate is not null && certificate.ExportCertificatePem() == File.ReadAllText(House.CaFile).TrimEnd();

    protected override void Use(WebApplication app)
    {
        app.UseAuthentication();
        app.MapGet("/login/{registration}", (string registration) =>
            Results.Challenge(With(registration), [OpenIddictClientAspNetCoreDefaults.AuthenticationScheme]));
        app.MapMethods("/callback/{registration}", ["GET", "POST"], async (HttpContext http) =>
        {
            var result = await http.AuthenticateAsync(OpenIddictClientAspNetCoreDefaults.AuthenticationScheme);
            if (!result.Succeeded) return Results.Text(result.Failure?.Message ?? "no result", statusCode: 500);
            return Results.Json(new SignedIn(
                result.Principal.GetClaim(Claims.Subject)!, result.Principal.GetClaim(Claims.Email),
                result.Properties.GetTokenValue(OpenIddictClientAspNetCoreConstants.Tokens.BackchannelAccessToken)!,
                result.Properties.GetTokenValue(OpenIddictClientAspNetCoreConstants.Tokens.RefreshToken)!,
                result.Properties.GetTokenValue(OpenIddictClientAspNetCoreConstants.Tokens.BackchannelIdentityToken)!));
        });
        app.MapGet("/logout/{registration}", (string registration, string hint) =>
        {
            var properties = With(registration);
            properties.Items[OpenIddictClientAspNetCoreConstants.Properties.IdentityTokenHint] = hint;
            properties.RedirectUri = "/bye";
            return Results.SignOut(properties, [OpenIddictClientAspNetCoreDefaults.AuthenticationScheme]);
        });
        app.MapGet("/goodbye/{registration}", async (HttpContext http) =>
            (await http.AuthenticateAsync(OpenIddictClientAspNetCoreDefaults.AuthenticationScheme)).Properties?.RedirectUri ?? "nowhere");
    }

    private static AuthenticationProperties With(string registration) => new(new Dictionary<string, string?>
    {
        [OpenIddictClientAspNetCoreConstants.Properties.RegistrationId] = registration,
    });
}
