using System.Net;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Gatehouse.Composition;

/// <summary>Which audience a connection came to; a feature of the connection.</summary>
public sealed record ListenerRole(bool IsGateway)
{
    /// <summary>Whether the handshake asks for a client certificate.</summary>
    public bool AsksForCertificate { get; init; }
}

/// <summary>One TLS listener per audience.</summary>
internal static class Listeners
{
    private const long MaxAuthBody = 1024 * 1024;

    public static void Configure(KestrelServerOptions kestrel, NodeOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = MaxAuthBody; // The gateway sets its own per call.
        kestrel.Limits.MaxConcurrentConnections = options.Admission.MaxConnections;
        if (options.AuthEndPoint is { } auth) Listen(kestrel, options, auth, new ListenerRole(IsGateway: false));
        if (options.GatewayEndPoint is { } gateway)
            Listen(kestrel, options, gateway, new ListenerRole(IsGateway: true) { AsksForCertificate = options.ClientCertificates.IsAskedAtGateway });
        // Its own port: a browser that has a certificate asks its user about it, and the ordinary pages shall not do that (RFC 8705 §5).
        if (options.ClientCertificates.EndPoint is { } mutual)
            Listen(kestrel, options, mutual, new ListenerRole(IsGateway: false) { AsksForCertificate = true });
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
                OnAuthenticate = role.AsksForCertificate ? ClientCertificates.Ask : null,
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
