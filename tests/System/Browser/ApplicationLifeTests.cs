using System.Net;
using System.Text.Json;
using Gatehouse.Tests.System.Processes;
using Microsoft.Playwright;

namespace Gatehouse.Tests.System.Browser;

/// <summary><em>My applications</em> from the first click to the last, with the commands beside it that a developer would run.</summary>
[Collection(BrowserJourneys.Name)]
public sealed class ApplicationLifeTests(PortalBrowser browser)
{
    private static readonly TimeSpan Arrival = TimeSpan.FromSeconds(10);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_application_lives_from_create_to_delete(bool javaScript)
    {
        var name = javaScript ? "Night shift" : "Night shift without scripts";
        await using var visitor = await browser.SignInAsync(new() { JavaScriptEnabled = javaScript });

        await visitor.CreateAsync(name);
        var (id, first) = (await visitor.TextAsync("#client-id"), await visitor.TextAsync("#secret"));

        await RequestContractAsync(visitor);
        var token = await browser.Demo.TokenAsync(id, first);
        await AnsweredAsync(token, HttpStatusCode.OK);

        await ShowSecretAgainAsync(visitor, first);
        var second = await AddSecretAsync(visitor);
        Assert.NotEqual(first, second);
        Assert.NotEmpty(await browser.Demo.TokenAsync(id, first)); // Both are valid.
        await RetireOldestAsync(visitor, name);
        Assert.NotEmpty(await browser.Demo.TokenAsync(id, second));

        await ExplainsRefusalAsync(visitor, id, first);

        await DeleteAsync(visitor, name);
        await AnsweredAsync(token, HttpStatusCode.Unauthorized);
        Assert.Empty(visitor.Faults); // A wrong name was refused on the way.
    }

    [Fact]
    public async Task The_pages_own_commands_work_as_pasted()
    {
        await using var visitor = await browser.SignInAsync();
        await visitor.CreateAsync("Paster", "Standard");

        var token = await Shell.RunAsync(await visitor.TextAsync("#token-command"));
        Assert.True(token.ExitCode == 0, token.Error);
        var bearer = JsonElement.Parse(token.Output).GetProperty("access_token").GetString()!;
        var call = await Shell.RunAsync((await visitor.TextAsync("#call-command")).Replace("YOUR_ACCESS_TOKEN", bearer, StringComparison.Ordinal));

        Assert.True(call.ExitCode == 0, call.Error);
        Assert.NotEmpty(JsonElement.Parse(call.Output).GetProperty("tracking_number").GetString()!);
    }

    [Fact]
    public async Task Copy_puts_the_secret_into_the_clipboard()
    {
        await using var visitor = await browser.SignInAsync(new() { Permissions = ["clipboard-write"] });
        await visitor.CreateAsync("Copied");
        var secret = await visitor.TextAsync("#secret");

        await visitor.Page.Locator("[data-copy='secret']").ClickAsync();
        await visitor.Page.GetByText("Copied", new() { Exact = true }).First.WaitForAsync();
        await visitor.OpenAsync();
        await visitor.Page.Locator("#q").FocusAsync();
        await visitor.Page.Keyboard.PressAsync("Control+V");

        Assert.Equal(secret, await visitor.Page.Locator("#q").InputValueAsync());
        Assert.Empty(visitor.Complaints);
    }

    private static async Task RequestContractAsync(Visitor visitor)
    {
        await visitor.FollowAsync("Request a contract");
        await visitor.Page.GetByLabel("Standard").CheckAsync();
        await visitor.PressAsync("Request contract");
        await visitor.Page.GetByRole(AriaRole.Table, new() { Name = "Contracts" }).GetByText("Approved").WaitForAsync();
    }

    private static async Task ShowSecretAgainAsync(Visitor visitor, string secret)
    {
        await visitor.Page.ReloadAsync();
        Assert.Equal(0, await visitor.Page.Locator("#secret").CountAsync());
        Assert.DoesNotContain(secret, await visitor.Page.ContentAsync(), StringComparison.Ordinal);
        await visitor.Page.Locator("[data-secret] form button").First.ClickAsync();
        Assert.Equal(secret, await visitor.TextAsync("#secret"));
    }

    private static async Task<string> AddSecretAsync(Visitor visitor)
    {
        await visitor.FollowAsync("Add secret");
        await visitor.Page.GetByLabel("Label").FillAsync("rotation");
        await visitor.PressAsync("Add secret");
        return await visitor.TextAsync("#secret");
    }

    // With scripts the question comes in a dialog, without them on a page of its own.
    private static async Task RetireOldestAsync(Visitor visitor, string name)
    {
        var others = visitor.Page.Locator("[data-secret]").Filter(new() { HasNotText = "rotation" });
        await others.GetByRole(AriaRole.Link, new() { NameRegex = new("^Retire") }).First.ClickAsync();
        await visitor.PressAsync("Retire secret");
        await visitor.HeadingAsync(name);
        Assert.Equal(1, await visitor.Page.Locator("[data-secret]").CountAsync());
    }

    private async Task ExplainsRefusalAsync(Visitor visitor, string clientId, string retired)
    {
        var refused = await Shell.RunAsync(
            $"curl -sS --cacert '{browser.Demo.Facts.CaFile}' -d 'grant_type=client_credentials&client_id={clientId}&client_secret={retired}' {browser.Demo.Facts.TokenEndpoint}");
        var trace = JsonElement.Parse(refused.Output).GetProperty("trace_id").GetString()!;

        // Problems are written in the background, moments after the answer.
        var start = TimeProvider.System.GetTimestamp();
        var row = visitor.Page.GetByRole(AriaRole.Row).Filter(new() { HasText = trace });
        while (await row.CountAsync() == 0)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Arrival, "The problem never reached the page.");
            await visitor.Page.ReloadAsync();
        }
        Assert.Contains("retired", await row.InnerTextAsync(), StringComparison.OrdinalIgnoreCase);
    }

    private static async Task DeleteAsync(Visitor visitor, string name)
    {
        await visitor.FollowAsync("Delete application");
        await visitor.Page.GetByLabel($"Type {name} to confirm").FillAsync("Something else");
        await visitor.PressAsync("Delete application");
        await visitor.Page.GetByRole(AriaRole.Alert).WaitForAsync();
        await visitor.Page.GetByLabel($"Type {name} to confirm").FillAsync(name);
        await visitor.PressAsync("Delete application");
        await visitor.HeadingAsync("My applications");
        Assert.Equal(0, await visitor.Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true }).CountAsync());
    }

    // A change reaches the gateway within a second.
    private async Task AnsweredAsync(string token, HttpStatusCode expected)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            using var answer = await browser.Demo.CallAsync(token);
            if (answer.StatusCode == expected) return;
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(1), $"Still {answer.StatusCode} after a second.");
        }
    }
}
