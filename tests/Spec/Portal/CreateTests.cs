using System.Net;
using Gatehouse.Founding;
using Gatehouse.Store.Model;
using Gatehouse.Tests.Spec.Hosting;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Spec.Portal;

/// <summary>Creating an application by the form.</summary>
public sealed class CreateTests : IAsyncLifetime
{
    private const string Form = "/exchange/portals/org/applications/new";

    private readonly TestNode _node = new();
    private Visitor _visitor = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        var (_, account) = await _node.Founder.CreateUserAsync(_node.Organization, "dana@example.org", "Dana", PortalRole.Developer);
        _visitor = new Visitor(_node);
        using var answer = await _visitor.SignInAsync(account.Email, account.Password);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact]
    public async Task A_name_is_enough()
    {
        var application = await CreateAsync(("About.Name", "Shipper"));
        Assert.Equal(("Shipper", 0), (application.Name, application.Contracts.Count));
    }

    [Fact]
    public async Task The_contract_comes_with_the_application()
    {
        var plan = _node.Things.Plans.Single(row => row.Slug == "short");
        var application = await CreateAsync(("About.Name", "Shipper"), ($"Plans[{_node.Things.Id}]", plan.Id.ToString()));
        Assert.Equal((plan.Id, ContractState.Approved), (application.Contracts.Single().PlanId, application.Contracts.Single().State));
    }

    [Fact, Requirement("6749-69")]
    public async Task What_was_typed_is_text_on_the_page_and_in_the_commands()
    {
        const string name = "\"><script>alert(1)</script>'; $(id) `id`";
        var application = await CreateAsync(("About.Name", name), ("About.Description", name));

        using var answer = await _visitor.GetAsync($"/exchange/portals/org/applications/{application.Id}");
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Equal(name, application.Name);
        Assert.DoesNotContain("<script>alert", page, StringComparison.Ordinal);
        Assert.All(Commands(page), command => Assert.DoesNotContain("$(id)", WebUtility.HtmlDecode(command), StringComparison.Ordinal));
    }

    private static IEnumerable<string> Commands(string page) =>
        page.Split("<pre").Skip(1).Select(part => part[..part.IndexOf("</pre>", StringComparison.Ordinal)]);

    private async Task<Application> CreateAsync(params (string, string)[] fields)
    {
        using var answer = await _visitor.PostAsync(Form, fields);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        await using var db = _node.Database.Open();
        return await db.Applications.AsNoTracking().Include(row => row.Contracts).SingleAsync();
    }
}
