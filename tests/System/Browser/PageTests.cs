using Deque.AxeCore.Playwright;
using Gatehouse.Tests.System.Processes;
using Microsoft.Playwright;

namespace Gatehouse.Tests.System.Browser;

/// <summary>Every page, wide and narrow, light and dark: accessible, within the window, and without a complaint of the browser.</summary>
[Collection(BrowserJourneys.Name)]
public sealed class PageTests(PortalBrowser browser)
{
    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 360)]
    [InlineData(ColorScheme.Dark, 360)]
    public async Task Every_page_is_accessible_and_fits_the_window(ColorScheme scheme, int width)
    {
        var faults = new List<string>();
        var options = new BrowserNewContextOptions { ColorScheme = scheme, ViewportSize = new() { Width = width, Height = 800 } };

        await new EveryPage(browser, options).VisitAsync(async (name, page) =>
        {
            await page.ScreenshotAsync(new() { Path = Path.Combine(Built.Screenshots, $"{name}-{width}-{scheme.ToString().ToLowerInvariant()}.png"), FullPage = true });
            var result = await page.RunAxe();
            faults.AddRange(result.Violations.SelectMany(violation => violation.Nodes.Select(node => $"{name}: {violation.Id}, {violation.Help}: {node.Html}")));
            var overflow = await page.EvaluateAsync<int>("document.documentElement.scrollWidth - document.documentElement.clientWidth");
            if (overflow > 0) faults.Add($"{name}: {overflow} px wider than the window");
        });

        Assert.Empty(faults);
    }
}
