using System.Security.Claims;
using Microsoft.AspNetCore;
using Microsoft.AspNetCore.Authentication;
using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Gatehouse.Bench.Peers.Products;

/// <summary>
/// OpenIddict with Entity Framework Core on SQLite, and with all that <c>bench/bench paths</c> asks: codes, refresh tokens, introspection; on
/// request reference tokens. In place of pages that ask, the one person is signed in and has agreed.
/// </summary>
internal static class OpenIddictPaths
{
    private const string Person = "somebody";
    private const string Scheme = OpenIddictServerAspNetCoreDefaults.AuthenticationScheme;

    public static async Task RunAsync(PeerSettings settings)
    {
        var builder = Listening.CreateBuilder(settings);
        builder.Services.AddDbContext<Database>(options =>
        {
            options.UseSqlite($"Data Source={Path.Combine(settings.Folder, "openiddict.db")}");
            options.UseOpenIddict();
        });
        builder.Services.AddOpenIddict()
            .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<Database>())
            .AddServer(server => Configure(server, settings));
        await using var app = builder.Build();
        await RegisterAsync(app.Services, settings);
        app.UseAuthentication();
        app.MapGet("/connect/authorize", (HttpContext http) => SignIn(Describe(http.GetOpenIddictServerRequest()!, settings)));
        app.MapPost(OpenIddictTokens.TokenPath, (Func<HttpContext, Task<IResult>>)(async http =>
            http.GetOpenIddictServerRequest()!.IsClientCredentialsGrantType()
                ? SignIn(ForTeller(OpenIddictTokens.Describe(settings), settings))
                : SignIn((await http.AuthenticateAsync(Scheme)).Principal!)));
        await app.RunAsync();
    }

    private static void Configure(OpenIddictServerBuilder server, PeerSettings settings)
    {
        OpenIddictTokens.Configure(server, settings);
        server.SetAuthorizationEndpointUris("/connect/authorize").SetIntrospectionEndpointUris("/connect/introspect")
            .AllowAuthorizationCodeFlow().AllowRefreshTokenFlow().RequireProofKeyForCodeExchange();
        if (settings.HasReferenceTokens) server.UseReferenceAccessTokens();
        server.UseAspNetCore().EnableTokenEndpointPassthrough().EnableAuthorizationEndpointPassthrough();
    }

    private static IResult SignIn(ClaimsPrincipal principal) => Results.SignIn(principal, authenticationScheme: Scheme);

    // It tells what a token holds only to those in its audience, which here is also who obtained it.
    private static ClaimsPrincipal ForTeller(ClaimsPrincipal principal, PeerSettings settings) =>
        principal.SetResources(settings.Audience, settings.ClientId);

    private static ClaimsPrincipal Describe(OpenIddictRequest request, PeerSettings settings)
    {
        var principal = OpenIddictTokens.Describe(settings);
        return principal.SetClaim(Claims.Subject, Person).SetScopes(request.GetScopes());
    }

    private static async Task RegisterAsync(IServiceProvider services, PeerSettings settings)
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<Database>().Database.EnsureCreatedAsync();
        var applications = scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>();
        var confidential = CodeFlow(settings.ClientId, settings);
        confidential.ClientSecret = settings.ClientSecret;
        confidential.Permissions.UnionWith([Permissions.GrantTypes.ClientCredentials, Permissions.Endpoints.Introspection]);
        await applications.CreateAsync(confidential);
        var open = CodeFlow(settings.PublicClientId, settings);
        open.ClientType = ClientTypes.Public;
        await applications.CreateAsync(open);
    }

    private static OpenIddictApplicationDescriptor CodeFlow(string clientId, PeerSettings settings) => new()
    {
        ClientId = clientId,
        ConsentType = ConsentTypes.Implicit,
        RedirectUris = { settings.RedirectUri },
        Permissions =
        {
            Permissions.Endpoints.Authorization, Permissions.Endpoints.Token, Permissions.GrantTypes.AuthorizationCode,
            Permissions.GrantTypes.RefreshToken, Permissions.ResponseTypes.Code, Permissions.Prefixes.Scope + settings.Scope,
        },
    };

    private sealed class Database(DbContextOptions<Database> options) : DbContext(options);
}
