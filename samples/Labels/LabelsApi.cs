using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Labels;

/// <summary>The Labels API: buys domestic shipping labels. It keeps them in memory and charges nobody.</summary>
public static class LabelsApi
{
    private const int MaxBodyBytes = 64 * 1024;

    /// <summary>
    /// Builds the API; the caller starts, stops and disposes it. Once it is started, <see cref="WebApplication.Urls"/> holds the address
    /// it is bound to.
    /// <para>
    /// It has no authentication of its own: it believes the <c>X-Gatehouse-Client-Id</c> header that the gateway in front sets, and
    /// therefore listens on loopback only. It reads no configuration and handles no signals; it logs warnings and errors to standard error.
    /// </para>
    /// </summary>
    /// <exception cref="ArgumentException">The URL is not plain http on a loopback address, or the capacity is less than 1.</exception>
    public static WebApplication CreateApp(LabelsOptions options, TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(clock);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Capacity, 1, nameof(options));
        if (options.Url is not { Scheme: "http", IsLoopback: true })
            throw new ArgumentException($"The Labels API listens on http and loopback only, not on {options.Url}.", nameof(options));

        var app = Build(options, clock);
        app.UseExceptionHandler();
        app.UseStatusCodePages();
        app.MapLabels();
        app.UseOutputCache();
        app.MapOpenApi("/labels/openapi.json").CacheOutput(cached => cached.Expire(TimeSpan.FromDays(1))); // It never changes; making it takes long.
        return app;
    }

    // An empty builder: settings files and variables that are meant for the surrounding program must not move this listener.
    private static WebApplication Build(LabelsOptions options, TimeProvider clock)
    {
        var builder = WebApplication.CreateEmptyBuilder(new() { ApplicationName = typeof(LabelsApi).Assembly.GetName().Name });
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.WebHost.UseUrls(options.Url.GetLeftPart(UriPartial.Authority));
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        });
        builder.Services.AddRouting();
        builder.Services.AddProblemDetails(problems => problems.CustomizeProblemDetails = Problems.NameTraceId);
        builder.Services.ConfigureHttpJsonOptions(json => Configure(json.SerializerOptions));
        builder.Services.AddOutputCache();
        builder.Services.AddOpenApi(document => document.DescribeLabels(options.TokenUrl));
        builder.Services.AddSingleton<IHostLifetime, OwnedLifetime>();
        builder.Services.AddSingleton(new LabelStore(options.Capacity));
        builder.Services.AddSingleton(clock);
        return builder.Build();
    }

    private static void Configure(JsonSerializerOptions json)
    {
        json.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        json.NumberHandling = JsonNumberHandling.Strict;
        json.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        json.Converters.Add(new JsonStringEnumConverter(namingPolicy: null, allowIntegerValues: false));
    }

    // Whoever started the API stops it: on a signal the gateway drains its calls first, and they still need this upstream.
    private sealed class OwnedLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
