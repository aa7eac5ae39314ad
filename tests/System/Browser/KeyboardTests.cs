using Microsoft.Playwright;

namespace Gatehouse.Tests.System.Browser;

/// <summary>Without a mouse.</summary>
[Collection(BrowserJourneys.Name)]
public sealed class KeyboardTests(PortalBrowser browser)
{
    private const int MostTabs = 40;

    [Fact]
    public async Task An_application_is_created_with_the_keyboard_alone()
    {
        await using var visitor = await browser.VisitAsync();
        var keys = visitor.Page.Keyboard;
        await visitor.OpenAsync();
        await visitor.Page.WaitForFunctionAsync("document.activeElement?.id === 'Email'"); // Browsers give it with the first frame, not with the page.
        await keys.TypeAsync(browser.Demo.Facts.Developer.Email);
        await keys.PressAsync("Tab");
        await keys.TypeAsync(browser.Demo.Facts.Developer.Password);
        await keys.PressAsync("Enter");
        await visitor.HeadingAsync("My applications");

        await TabToAsync(visitor.Page, "New application");
        await keys.PressAsync("Enter");
        await visitor.HeadingAsync("New application");
        await TabToAsync(visitor.Page, "Name");
        await keys.TypeAsync("By keyboard");
        await TabToAsync(visitor.Page, "No access for now");
        while (!(await FocusedAsync(visitor.Page)).StartsWith("Standard", StringComparison.Ordinal)) await keys.PressAsync("ArrowDown");
        await TabToAsync(visitor.Page, "Create application");
        await keys.PressAsync("Enter");

        await visitor.HeadingAsync("By keyboard");
        Assert.NotEmpty(await browser.Demo.TokenAsync(await visitor.TextAsync("#client-id"), await visitor.TextAsync("#secret")));
        Assert.Empty(visitor.Complaints);
    }

    [Fact]
    public async Task The_first_tab_offers_to_skip_to_the_content()
    {
        await using var visitor = await browser.SignInAsync();
        await visitor.OpenAsync();

        await visitor.Page.Keyboard.PressAsync("Tab");
        Assert.Equal("Skip to content", await FocusedAsync(visitor.Page));
        await visitor.Page.Keyboard.PressAsync("Enter");

        Assert.Equal("content", await visitor.Page.EvaluateAsync<string>("document.activeElement.id"));
    }

    // Every stop on the way must be seen: an outline or a shadow around it.
    private static async Task TabToAsync(IPage page, string name)
    {
        for (var tab = 0; tab < MostTabs; tab++)
        {
            await page.Keyboard.PressAsync("Tab");
            Assert.True(await page.EvaluateAsync<bool>(
                "(s => s.outlineStyle !== 'none' || s.boxShadow !== 'none')(getComputedStyle(document.activeElement))"), $"The focus is not seen before '{name}'.");
            if ((await FocusedAsync(page)).StartsWith(name, StringComparison.Ordinal)) return;
        }
        Assert.Fail($"No number of tabs leads to '{name}'.");
    }

    private static async Task<string> FocusedAsync(IPage page) =>
        (await page.EvaluateAsync<string>("(e => e.labels?.[0]?.innerText ?? e.innerText ?? '')(document.activeElement)")).Trim();
}
