using Gatehouse.Tests.System.Processes;
using Microsoft.Playwright;

namespace Gatehouse.Tests.System.Browser;

/// <summary>A demo of its own and one browser, for all journeys through pages.</summary>
public sealed class PortalBrowser : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private RunningDemo? _demo;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    internal RunningDemo Demo => _demo!;

    public async ValueTask InitializeAsync()
    {
        if (Chromium.MissingReason is not null) return; // Each test says so.
        _demo = await RunningDemo.StartAsync(_folder.File("data"));
        _playwright = await Playwright.CreateAsync();
        _browser = await Chromium.LaunchAsync(_playwright, _folder.File("data", "tls", "server.pem"));
    }

    /// <summary>A fresh visitor: no cookie, nothing kept.</summary>
    internal async Task<Visitor> VisitAsync(BrowserNewContextOptions? options = null)
    {
        Assert.SkipWhen(Chromium.MissingReason is not null, Chromium.MissingReason ?? string.Empty);
        var context = await _browser!.NewContextAsync(options);
        context.SetDefaultTimeout(20_000);
        return new Visitor(context, await context.NewPageAsync(), Demo);
    }

    /// <summary>A visitor who has signed in as the demo's developer and sees their applications.</summary>
    internal async Task<Visitor> SignInAsync(BrowserNewContextOptions? options = null)
    {
        var visitor = await VisitAsync(options);
        await visitor.SignInAsync(Demo.Facts.Developer.Email, Demo.Facts.Developer.Password);
        return visitor;
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_demo is not null) await _demo.DisposeAsync();
        _folder.Dispose();
    }
}

[CollectionDefinition(Name)]
public sealed class BrowserJourneys : ICollectionFixture<PortalBrowser>
{
    public const string Name = "Browser";
}
