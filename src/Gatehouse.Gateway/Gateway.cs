using Gatehouse.Gateway.Answers;
using Gatehouse.Gateway.Forwarding;
using Gatehouse.Gateway.Metadata;
using Gatehouse.Gateway.Routing;
using Gatehouse.Gateway.Tokens;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Gateway;

/// <summary>Adds the gateway to a node.</summary>
public static class Gateway
{
    public static IServiceCollection AddGatehouseGateway(this IServiceCollection services, GatewayOptions options)
    {
        services.AddSingleton(options);
        services.AddHttpForwarder();
        services.AddSingleton<RouteTable>();
        services.AddSingleton<TokenFacts>();
        services.AddSingleton<ProofCheck>();
        services.AddSingleton<Upstreams>();
        services.AddSingleton<ResourceMetadata>();
        services.AddSingleton<RefusalWriter>();
        services.AddSingleton<GatewayHandler>();
        return services;
    }

    /// <summary>Makes the gateway answer everything that reaches this branch.</summary>
    public static IApplicationBuilder RunGatehouseGateway(this IApplicationBuilder branch)
    {
        var handler = branch.ApplicationServices.GetRequiredService<GatewayHandler>();
        branch.Run(handler.HandleAsync);
        return branch;
    }
}
