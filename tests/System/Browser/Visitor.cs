using System.Collections.Concurrent;
using Gatehouse.Tests.System.Processes;
using Microsoft.Playwright;

namespace Gatehouse.Tests.System.Browser;

/// <summary>A person with a browser window. What the console says against a page fails the test at the end.</summary>
internal sealed class Visitor : IAsyncDisposable
{
    private const string RefusedPage = "Failed to load resource: the server responded with a status of ";

    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _complaints = [];

    public Visitor(IBrowserContext context, IPage page, RunningDemo demo)
    {
        (_context, Page, Demo) = (context, page, demo);
        page.Console += (_, message) => { if (message.Type is "error" or "warning") _complaints.Enqueue(message.Text); };
        page.PageError += (_, error) => _complaints.Enqueue(error);
    }

    public IPage Page { get; }

    private RunningDemo Demo { get; }

    /// <summary>What the browser complained of so far: errors, warnings and violations of the content security policy.</summary>
    public IReadOnlyCollection<string> Complaints => _complaints;

    /// <summary>The same where pages are meant to be refused: the browser reports a refused page's status itself.</summary>
    public IEnumerable<string> Faults => _complaints.Where(said => !said.StartsWith(RefusedPage, StringComparison.Ordinal));

    public async Task SignInAsync(string email, string password)
    {
        await Page.GotoAsync(Demo.Facts.PortalUrl); // Leads to the sign-in, and back.
        await Page.GetByLabel("E-mail address").FillAsync(email);
        await Page.GetByLabel("Password").FillAsync(password);
        await PressAsync("Sign in");
        await HeadingAsync("My applications");
    }

    /// <summary>Opens a page of the portal by its path behind <c>/applications/</c>; returns the status.</summary>
    public async Task<int> OpenAsync(string path = "") => (await Page.GotoAsync(Demo.Facts.PortalUrl + path))!.Status;

    public Task PressAsync(string button) => Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();

    public Task FollowAsync(string link) => Page.GetByRole(AriaRole.Link, new() { Name = link, Exact = true }).First.ClickAsync();

    /// <summary>Waits for the page with this heading of the first level.</summary>
    public Task HeadingAsync(string text) => Page.GetByRole(AriaRole.Heading, new() { Name = text, Level = 1 }).WaitForAsync();

    public async Task<string> TextAsync(string selector) => (await Page.Locator(selector).InnerTextAsync()).Trim();

    /// <summary>Registers an application; ends on its page, where its secret is shown.</summary>
    public async Task CreateAsync(string name, string? plan = null)
    {
        await OpenAsync("new");
        await Page.GetByLabel("Name", new() { Exact = true }).FillAsync(name);
        if (plan is not null) await Page.GetByLabel(plan).CheckAsync();
        await PressAsync("Create application");
        await HeadingAsync(name);
    }

    /// <summary>The path of the application that is open, behind <c>/applications/</c>.</summary>
    public string OpenApplication => new Uri(Page.Url).Segments[^1].TrimEnd('/');

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();
}
