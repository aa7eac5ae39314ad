using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Tests.Interop.House;

/// <summary>A server of others on this machine, with the certificate that everybody here trusts.</summary>
internal static class LocalSite
{
    /// <param name="house">Whose certificate it has.</param>
    /// <param name="port">Where it listens.</param>
    /// <param name="add">Its services.</param>
    /// <param name="use">What it answers.</param>
    public static async Task<WebApplication> StartAsync(RunningHouse house, int port, Action<WebApplicationBuilder> add, Action<WebApplication> use)
    {
        var certificate = X509Certificate2.CreateFromPemFile(house.CaFile, house.KeyFile);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration()
            .ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port, listen => listen.UseHttps(certificate)));
        add(builder);
        var app = builder.Build();
        use(app);
        await app.StartAsync();
        return app;
    }
}
