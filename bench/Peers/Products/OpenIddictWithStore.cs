using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Gatehouse.Bench.Peers.Products;

/// <summary>OpenIddict as its documentation begins: Entity Framework Core stores (here on SQLite), the endpoint in the application's hands.</summary>
internal static class OpenIddictWithStore
{
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
            .AddServer(server =>
            {
                OpenIddictTokens.Configure(server, settings);
                server.UseAspNetCore().EnableTokenEndpointPassthrough();
            });
        await using var app = builder.Build();
        await RegisterAsync(app.Services, settings);
        app.UseAuthentication();
        app.MapPost(OpenIddictTokens.TokenPath, () => Results.SignIn(
            OpenIddictTokens.Describe(settings), authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme));
        await app.RunAsync();
    }

    private static async Task RegisterAsync(IServiceProvider services, PeerSettings settings)
    {
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<Database>().Database.EnsureCreatedAsync();
        await scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>().CreateAsync(new OpenIddictApplicationDescriptor
        {
            ClientId = settings.ClientId,
            ClientSecret = settings.ClientSecret,
            Permissions = { Permissions.Endpoints.Token, Permissions.GrantTypes.ClientCredentials, Permissions.Prefixes.Scope + settings.Scope },
        });
    }

    private sealed class Database(DbContextOptions<Database> options) : DbContext(options);
}
