using Gatehouse.Admin.Access;
using Gatehouse.Admin.Answers;
using Gatehouse.Admin.Apis;
using Gatehouse.Admin.Applications;
using Gatehouse.Admin.Contracts;
using Gatehouse.Admin.Description;
using Gatehouse.Admin.Node;
using Gatehouse.Admin.Organization;
using Gatehouse.Admin.Registration;
using Gatehouse.Admin.Requests;
using Gatehouse.Admin.Secrets;
using Gatehouse.Admin.Tokens;
using Gatehouse.Admin.Users;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Admin;

/// <summary>Adds the Admin API to a node.</summary>
public static class GatehouseAdmin
{
    /// <summary>Needs the store (<c>AddGatehouseStore</c>) and a <see cref="TimeProvider"/>.</summary>
    public static IServiceCollection AddGatehouseAdmin(this IServiceCollection services, AdminOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<AdminAccess>();
        services.AddSingleton<NodeStart>().AddHostedService(provider => provider.GetRequiredService<NodeStart>());
        services.AddAdminDescription(options);
        return services;
    }

    /// <summary>Whether the Admin API answers the request: its calls, its description, its metadata.</summary>
    public static bool Serves(HttpContext http) =>
        http.Request.Path.StartsWithSegments(AdminOptions.BasePath) || http.Request.Path.StartsWithSegments(AdminMetadata.Path);

    /// <summary>Makes the Admin API answer everything that reaches this branch of the node.</summary>
    public static void UseGatehouseAdmin(this IApplicationBuilder branch) => branch.UseRouting().UseEndpoints(MapCalls);

    private static void MapCalls(IEndpointRouteBuilder endpoints)
    {
        var services = endpoints.ServiceProvider;
        var group = endpoints.MapGroup(AdminOptions.BasePath);
        group.RequireAdmin(services.GetRequiredService<AdminAccess>());
        group.LimitBodies();
        group.Refuses(400, 401, 403, 503);
        group.MapApplications();
        group.MapSecrets();
        group.MapContracts();
        group.MapApis();
        group.MapInitialAccessTokens();
        group.MapTokens();
        group.MapOrganization();
        group.MapUsers();
        group.MapNode();

        endpoints.MapAdminDescription();
        endpoints.MapAdminMetadata(services.GetRequiredService<AdminOptions>());
    }
}
