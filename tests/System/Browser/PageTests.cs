using Microsoft.Playwright;

namespace Gatehouse.Tests.System.Browser;

/// <summary>Every page, wide and narrow, light and dark: accessible, within the window, and without a complaint of the browser.</summary>
[Collection(BrowserJourneys.Name)]
public sealed class PageTests(PageLooks looks) : IClassFixture<PageLooks>
{
    [Theory]
    [InlineData(ColorScheme.Light, 1280)]
    [InlineData(ColorScheme.Dark, 1280)]
    [InlineData(ColorScheme.Light, 360)]
    [InlineData(ColorScheme.Dark, 360)]
    public async Task Every_page_is_accessible_and_fits_the_window(ColorScheme scheme, int width)
    {
        var seen = (await looks.AtAsync(width)).Where(look => look.Scheme == scheme).ToList();

        Assert.True(seen.Count > 20, $"Only {seen.Count} pages were looked at.");
        Assert.Empty(seen.SelectMany(look => look.Faults));
    }
}
