using System.Net;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Gatehouse.Composition;

/// <summary>Which audience a connection came to; a feature of the connection.</summary>
public sealed record ListenerRole(bool IsGateway);

/// <summary>One TLS listener per audience.</summary>
internal static class Listeners
{
    private const long MaxAuthBody = 1024 * 1024;

    public static void Configure(KestrelServerOptions kestrel, NodeOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxAuthBody; // The gateway sets its own per call.
        if (options.AuthEndPoint is { } auth) Listen(kestrel, options, auth, new ListenerRole(IsGateway: false));
        if (options.GatewayEndPoint is { } gateway) Listen(kestrel, options, gateway, new ListenerRole(IsGateway: true));
    }

    private static void Listen(KestrelServerOptions kestrel, NodeOptions options, IPEndPoint endPoint, ListenerRole role)
    {
        kestrel.Listen(endPoint, Configure);
        if (options.BothLoopbacks && Socket6IsThere()) kestrel.Listen(IPAddress.IPv6Loopback, endPoint.Port, Configure);

        void Configure(ListenOptions listen)
        {
            listen.Protocols = HttpProtocols.Http1AndHttp2;
            listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = options.Certificate,
                ServerCertificateChain = options.Chain,
                SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            });
            listen.Use(next => connection =>
            {
                connection.Features.Set(role);
                return next(connection);
            });
        }
    }

    private static bool Socket6IsThere() => System.Net.Sockets.Socket.OSSupportsIPv6
        && System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(card => card.GetIPProperties().UnicastAddresses).Any(address => address.Address.Equals(IPAddress.IPv6Loopback));
}
