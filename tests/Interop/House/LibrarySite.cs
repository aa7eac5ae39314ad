using Microsoft.AspNetCore.Builder;

namespace Gatehouse.Tests.Interop.House;

/// <summary>A library that works in a site, and the site.</summary>
public abstract class LibrarySite(RunningHouse house, string name) : LibraryApplications(house, name)
{
    private WebApplication? _app;

    internal string Url => $"https://localhost:{Port}";

    protected int Port { get; } = FreePorts.Take();

    protected IServiceProvider Services => _app!.Services;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _app = await LocalSite.StartAsync(House, Port, Add, Use);
    }

    public override async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_app is not null) await _app.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>Adds its services, before it is built.</summary>
    protected abstract void Add(WebApplicationBuilder builder);

    /// <summary>Says what it answers.</summary>
    protected abstract void Use(WebApplication app);
}
