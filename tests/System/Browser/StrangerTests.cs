using System.Text.Json.Nodes;
using Gatehouse.Tests.System.Processes;

namespace Gatehouse.Tests.System.Browser;

/// <summary>What is somebody else's does not exist.</summary>
[Collection(BrowserJourneys.Name)]
public sealed class StrangerTests(PortalBrowser browser)
{
    private static readonly string[] Pages = ["", "/edit", "/secrets/add", "/contracts/request", "/revoke-tokens", "/delete"];

    [Fact]
    public async Task Every_page_of_somebody_elses_application_is_a_404()
    {
        await using var owner = await browser.SignInAsync();
        await owner.CreateAsync("Private");
        var application = owner.OpenApplication;
        await using var stranger = await browser.VisitAsync();
        var account = await MakeDeveloperAsync(browser.Demo, "stranger@example.org");
        await stranger.SignInAsync(account.Email, account.Password);

        Assert.DoesNotContain("Private", await stranger.Page.ContentAsync(), StringComparison.Ordinal);
        foreach (var page in Pages)
        {
            Assert.Equal(200, await owner.OpenAsync(application + page));
            Assert.Equal(404, await stranger.OpenAsync(application + page));
            Assert.Equal(404, await stranger.OpenAsync(Guid.NewGuid() + page));
        }
    }

    [Fact]
    public async Task Without_a_session_every_page_leads_to_the_sign_in()
    {
        await using var visitor = await browser.VisitAsync();

        foreach (var page in (string[])["", "new", Guid.NewGuid().ToString()])
        {
            await visitor.OpenAsync(page);
            await visitor.HeadingAsync("Sign in");
        }
    }

    internal static async Task<DemoFacts.Person> MakeDeveloperAsync(RunningDemo demo, string email)
    {
        using var admin = await AdminClient.OfAsync(demo);
        var made = await admin.SendAsync(HttpMethod.Post, "/users", new JsonObject { ["email"] = email, ["display_name"] = "Sam Stranger", ["role"] = "developer" });
        return new DemoFacts.Person(email, made.GetProperty("initial_password").GetString()!);
    }
}
