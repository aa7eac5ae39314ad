using System.Net;
using System.Security.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Gatehouse.Bench.Peers;

/// <summary>The one way in which all of them listen: TLS 1.3 with the run's certificate, HTTP/1.1 and HTTP/2, defaults otherwise.</summary>
internal static class Listening
{
    public static void Configure(KestrelServerOptions kestrel, PeerSettings settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.Listen(IPAddress.Loopback, settings.Port, endpoint => endpoint.UseHttps(https =>
        {
            https.ServerCertificate = settings.Certificate;
            https.SslProtocols = SslProtocols.Tls13;
        }));
    }

    /// <summary>A web application as a team would begin it, with logs of warnings and worse.</summary>
    public static WebApplicationBuilder CreateBuilder(PeerSettings settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, settings));
        return builder;
    }
}
