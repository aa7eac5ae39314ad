using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;
using Yarp.ReverseProxy.Configuration;

namespace Gatehouse.Bench.Peers.Products;

/// <summary>YARP with a route and a cluster from its configuration: alone, and behind Microsoft's bearer authentication as a .NET team builds it.</summary>
internal static class YarpGateway
{
    private const string Policy = "default";

    public static async Task RunOpenAsync(PeerSettings settings)
    {
        var builder = Listening.CreateBuilder(settings);
        AddProxy(builder, settings, policy: null);
        await using var app = builder.Build();
        app.MapReverseProxy();
        await app.RunAsync();
    }

    public static async Task RunGuardedAsync(PeerSettings settings)
    {
        var builder = Listening.CreateBuilder(settings);
        AddProxy(builder, settings, Policy);
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer(bearer =>
            bearer.TokenValidationParameters = new TokenValidationParameters
            {
                ValidIssuer = settings.Issuer,
                ValidAudience = settings.Audience,
                ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
                IssuerSigningKey = new ECDsaSecurityKey(settings.SigningKey) { KeyId = settings.KeyId },
            });
        await using var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapReverseProxy();
        await app.RunAsync();
    }

    private static void AddProxy(WebApplicationBuilder builder, PeerSettings settings, string? policy)
    {
        var route = new RouteConfig
        {
            RouteId = "labels", ClusterId = "labels", AuthorizationPolicy = policy, Match = new RouteMatch { Path = "/labels/{**rest}" },
        };
        var cluster = new ClusterConfig
        {
            ClusterId = "labels",
            Destinations = new Dictionary<string, DestinationConfig> { ["only"] = new() { Address = settings.Upstream } },
        };
        builder.Services.AddReverseProxy().LoadFromMemory([route], [cluster]);
    }
}
