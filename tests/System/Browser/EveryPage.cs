using Gatehouse.Tests.System.Processes;
using Microsoft.Playwright;

namespace Gatehouse.Tests.System.Browser;

/// <summary>All pages of the portal in the states that a developer meets, one after another.</summary>
internal sealed class EveryPage(PortalBrowser browser, BrowserNewContextOptions options)
{
    private const string Name = "Parcel desk";

    public async Task VisitAsync(Func<string, IPage, Task> look)
    {
        await using var visitor = await browser.VisitAsync(options);
        await SignInAsync(visitor, page => look(page, visitor.Page));
        await CreateAsync(visitor, page => look(page, visitor.Page));
        await DetailsAsync(visitor, page => look(page, visitor.Page));
        await QuestionsAsync(visitor, page => look(page, visitor.Page));
        await AccessAsync(visitor, page => look(page, visitor.Page));
        await EndAsync(visitor, page => look(page, visitor.Page));
        Assert.Empty(visitor.Faults);
    }

    private async Task SignInAsync(Visitor visitor, Func<string, Task> look)
    {
        await visitor.OpenAsync();
        await look("sign-in");
        await visitor.PressAsync("Sign in");
        await visitor.Page.GetByRole(AriaRole.Alert).WaitForAsync();
        await look("sign-in-refused");
        await visitor.SignInAsync(browser.Demo.Facts.Developer.Email, browser.Demo.Facts.Developer.Password);
        await look("applications");
        await visitor.OpenAsync("?q=nothing-has-this-name");
        await look("applications-no-match");
    }

    private static async Task CreateAsync(Visitor visitor, Func<string, Task> look)
    {
        await visitor.OpenAsync("new");
        await look("new");
        await visitor.PressAsync("Create application");
        await visitor.Page.GetByRole(AriaRole.Alert).WaitForAsync();
        await look("new-refused");
        await visitor.CreateAsync(Name);
        await look("application-new-secret");
    }

    private static async Task DetailsAsync(Visitor visitor, Func<string, Task> look)
    {
        await visitor.Page.ReloadAsync();
        await look("application");
        await visitor.Page.Locator("a[data-dialog]").First.ClickAsync();
        await visitor.Page.Locator("dialog[open]").WaitForAsync();
        await look("application-dialog");
        await visitor.Page.Keyboard.PressAsync("Escape");
    }

    private static async Task QuestionsAsync(Visitor visitor, Func<string, Task> look)
    {
        var application = visitor.OpenApplication;
        var secret = await visitor.Page.Locator("[data-secret]").First.GetAttributeAsync("data-secret");
        foreach (var page in (string[])
            ["edit", "secrets/add", $"secrets/{secret}/retire", $"secrets/{secret}/show", "contracts/request", "revoke-tokens", "delete"])
        {
            Assert.Equal(200, await visitor.OpenAsync($"{application}/{page}"));
            await look(page.Replace($"/{secret}", string.Empty, StringComparison.Ordinal).Replace('/', '-'));
        }
        await visitor.OpenAsync($"{application}/secrets/{secret}/retire");
        await visitor.PressAsync("Retire secret");
        await visitor.HeadingAsync(Name);
        await look("application-retired-secret");
    }

    // The application sends its user back to the portal itself, because that is a page that is there.
    private async Task AccessAsync(Visitor visitor, Func<string, Task> look)
    {
        await visitor.OpenAsync("../access");
        await look("access-none");
        await visitor.Page.GotoAsync(browser.Demo.Facts.Issuer + "/as/authorization.oauth2?client_id=nobody");
        await look("authorization-refused");
        using var admin = await AdminClient.OfAsync(browser.Demo);
        var request = await admin.RegisterForUsersAsync("Parcel tracker", "labels", browser.Demo.Facts.PortalUrl);
        await visitor.Page.GotoAsync(request + "&scope=openid%20email%20labels:read%20labels:create");
        await look("consent");
        await visitor.PressAsync("Allow");
        await visitor.HeadingAsync("My applications");
        Assert.Contains("code=", visitor.Page.Url, StringComparison.Ordinal);
        await visitor.OpenAsync("../access");
        await look("access");
        await visitor.Page.GetByRole(AriaRole.Button, new() { Name = "Take back the access of Parcel tracker" }).ClickAsync();
        await visitor.Page.GetByRole(AriaRole.Heading, new() { Name = "No application acts for you" }).WaitForAsync();
    }

    private static async Task EndAsync(Visitor visitor, Func<string, Task> look)
    {
        Assert.Equal(404, await visitor.OpenAsync(Guid.NewGuid().ToString()));
        await look("not-found");
        await visitor.OpenAsync("../sign-out");
        await look("sign-out");
    }
}
