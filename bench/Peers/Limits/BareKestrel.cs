using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Bench.Peers.Limits;

/// <summary>Kestrel with nothing above it: no host pipeline, no middleware, no routing, no HttpContext.</summary>
internal static class BareKestrel
{
    public static async Task RunAsync(PeerSettings settings, Func<IFeatureCollection, Task> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => Listening.Configure(kestrel, settings));
        await using var app = builder.Build();
        // The server is started past the host, which would put its own context and diagnostics around each request.
        await app.Services.GetRequiredService<IServer>().StartAsync(new Application(answer), CancellationToken.None);
        await Task.Delay(Timeout.Infinite);
    }

    private sealed class Application(Func<IFeatureCollection, Task> answer) : IHttpApplication<IFeatureCollection>
    {
        public IFeatureCollection CreateContext(IFeatureCollection contextFeatures) => contextFeatures;

        public Task ProcessRequestAsync(IFeatureCollection context) => answer(context);

        public void DisposeContext(IFeatureCollection context, Exception? exception)
        {
        }
    }
}
