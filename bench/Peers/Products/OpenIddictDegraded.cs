using System.Security.Cryptography;
using System.Text;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Gatehouse.Bench.Peers.Products;

/// <summary>OpenIddict without its stores (degraded mode): the client is compared with one constant, the token is kept nowhere.</summary>
internal static class OpenIddictDegraded
{
    public static async Task RunAsync(PeerSettings settings)
    {
        var secret = Encoding.UTF8.GetBytes(settings.ClientSecret);
        var builder = Listening.CreateBuilder(settings);
        builder.Services.AddOpenIddict().AddServer(server =>
        {
            OpenIddictTokens.Configure(server, settings);
            server.EnableDegradedMode().UseAspNetCore();
            server.AddEventHandler<OpenIddictServerEvents.ValidateTokenRequestContext>(handler => handler.UseInlineHandler(request =>
            {
                var isRight = request.ClientId == settings.ClientId
                    && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(request.ClientSecret ?? ""), secret);
                if (!isRight) request.Reject(Errors.InvalidClient);
                return ValueTask.CompletedTask;
            }));
            server.AddEventHandler<OpenIddictServerEvents.HandleTokenRequestContext>(handler => handler.UseInlineHandler(request =>
            {
                request.SignIn(OpenIddictTokens.Describe(settings));
                return ValueTask.CompletedTask;
            }));
        });
        await using var app = builder.Build();
        app.UseAuthentication();
        await app.RunAsync();
    }
}
