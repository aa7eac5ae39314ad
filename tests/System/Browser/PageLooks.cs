using System.Collections.Concurrent;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Gatehouse.Tests.System.Browser;

/// <summary>What is wrong with a page as it looks in one scheme.</summary>
public sealed record Look(ColorScheme Scheme, IReadOnlyList<string> Faults);

/// <summary>One journey through every page for each width: on each page the browser is told to prefer light, then dark, and looked at both times.</summary>
public sealed class PageLooks(PortalBrowser browser)
{
    // What is shown as it will stay: after a change of scheme colours are on their way for a moment.
    private const string Settle = "() => Promise.all(document.getAnimations().map(animation => animation.finished))";

    private const string FindViolations = """
        async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
            .flatMap(violation => violation.nodes.map(node => `${violation.id}, ${violation.help}: ${node.html}`))
        """;

    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    private readonly ConcurrentDictionary<int, Lazy<Task<List<Look>>>> _journeys = new();

    /// <summary>The looks of the journey with windows of this width; it is made once.</summary>
    public Task<List<Look>> AtAsync(int width) => _journeys.GetOrAdd(width, _ => new(() => TravelAsync(width))).Value;

    private async Task<List<Look>> TravelAsync(int width)
    {
        var looks = new List<Look>();
        var options = new BrowserNewContextOptions { ViewportSize = new() { Width = width, Height = 800 } };
        await new EveryPage(browser, options).VisitAsync(async (name, page) =>
        {
            foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark]) looks.Add(new Look(scheme, await LookAsync(page, name, scheme, width)));
        });
        return looks;
    }

    private static async Task<List<string>> LookAsync(IPage page, string name, ColorScheme scheme, int width)
    {
        await page.EmulateMediaAsync(new() { ColorScheme = scheme });
        await page.EvaluateAsync(Settle);
        await page.ScreenshotAsync(new() { Path = Path.Combine(Built.Screenshots, $"{name}-{width}-{scheme.ToString().ToLowerInvariant()}.png"), FullPage = true });
        if (!await page.EvaluateAsync<bool>("() => 'axe' in window")) await page.EvaluateAsync(Axe);
        var faults = (await page.EvaluateAsync<string[]>(FindViolations)).ToList();
        var overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        if (overflow > 0) faults.Add($"{overflow} px wider than the window");
        return [.. faults.Select(fault => $"{name}: {fault}")];
    }
}
