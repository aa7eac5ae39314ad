using System.Runtime;
using Gatehouse.Admin;
using Gatehouse.Admission;
using Gatehouse.AuthServer;
using Gatehouse.Gateway;
using Gatehouse.Portal;
using Gatehouse.Store;

namespace Gatehouse.Composition;

/// <summary>Puts a node together: a table of contents of what Gatehouse can do.</summary>
public static class Node
{
    public static WebApplication Build(NodeOptions options)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "gatehouse" });
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Listeners.Configure(kestrel, options));
        NodeLogging.Configure(builder.Logging, options);
        builder.Services.AddRouting();
        builder.Services.AddSingleton(options.Clock);
        builder.Services.AddAdmission(options.Admission);
        builder.Services.AddSingleton<IHostLifetime, SignalLifetime>();
        if (!GCSettings.IsServerGC) builder.Services.AddHostedService<FullCollections>();

        builder.Services.AddGatehouseStore(options.Database, options.Key);
        builder.Services.AddSingleton(options.Rotation);
        builder.Services.AddSingleton(options.Grants);
        if (options.Roles.HasFlag(NodeRoles.Auth))
        {
            builder.Services.AddGatehouseAuthServer(new AuthServerOptions(options.Issuer)
            {
                Outgoing = options.Outgoing, Registration = options.Registration, UnprovenRequestsPerMinute = options.UnprovenRequestsPerMinute,
                MutualTls = options.ClientCertificates.Rules,
            });
            builder.Services.AddGatehouseAdmin(new AdminOptions(options.Issuer, options.AdminUrl));
        }
        if (options.Roles.HasFlag(NodeRoles.Gateway)) builder.Services.AddGatehouseGateway(new GatewayOptions(options.Issuer, options.ApiUrl)
        {
            Limits = options.Gateway, SeesCertificates = options.ClientCertificates.AreSeenAtGateway,
        });
        if (options.Roles.HasFlag(NodeRoles.Portal)) builder.Services.AddGatehousePortal(DescribeServers(options));

        var app = builder.Build();
        app.UseAdmission(); // First: what is refused costs nothing that follows.
        app.UseClientCertificates(options.ClientCertificates.Proxies);
        app.UseForwardedAddresses([.. options.TrustedProxies, .. options.ClientCertificates.Proxies]); // What follows sees no proxy's address.
        if (options.Roles.HasFlag(NodeRoles.Gateway)) app.UseWhenGateway(gateway => gateway.RunGatehouseGateway());
        if (options.Roles.HasFlag(NodeRoles.Portal)) app.MapLazily(GatehousePortal.Serves, portal => portal.UseGatehousePortal());
        if (options.Roles.HasFlag(NodeRoles.Auth)) app.MapLazily(GatehouseAdmin.Serves, admin => admin.UseGatehouseAdmin());
        // Only the portal's pages ask for a policy, and their branch has both. A web application that is not told so, by names of its own, puts
        // authentication and authorization in front of every endpoint.
        ((IApplicationBuilder)app).Properties["__AuthenticationMiddlewareSet"] = ((IApplicationBuilder)app).Properties["__AuthorizationMiddlewareSet"] = true;
        app.UseRouting();
        if (options.Roles.HasFlag(NodeRoles.Auth))
        {
            app.UseCrossOrigin(); // Each endpoint says whether pages of other origins may call it; by default they may not.
            app.MapGatehouseAuthServer();
        }
        return app;
    }

    private static PortalOptions DescribeServers(NodeOptions options) => new()
    {
        Issuer = options.Issuer,
        TokenEndpoint = options.TokenEndpoint,
        MutualTlsTokenEndpoint = options.ClientCertificates.Url is { } url ? url + AuthServerOptions.TokenPath : null,
        ApiUrl = options.ApiUrl,
        CaFile = options.CaFile,
        SampleCalls = options.SampleCalls,
    };

    // The connection's listener decides, not the Host header: a header is the caller's to choose. The indexer,
    // because the generic method finds what belongs to the connection by a slow way (0.5 µs).
    private static void UseWhenGateway(this IApplicationBuilder app, Action<IApplicationBuilder> gateway) =>
        app.MapWhen(http => http.Features[typeof(ListenerRole)] is ListenerRole { IsGateway: true }, gateway);
}
