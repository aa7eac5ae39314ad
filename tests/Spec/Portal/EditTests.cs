using System.Net;
using Gatehouse.Store.Model;
using Gatehouse.Tests.Spec.Authorization;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Portal;

public sealed class EditTests(TestNode node) : IClassFixture<TestNode>
{
    [Fact]
    public async Task Renaming_an_application_leaves_its_rules_as_they_are()
    {
        var flow = await CodeFlow.CreateAsync(node, change: draft => draft with
        {
            RequirePushedAuthorizationRequests = true, DpopBoundAccessTokens = true, AccessTokenFormat = AccessTokenFormats.Reference,
            TokenExchangeSubjects = ["somebody"], TokenExchangeAudiences = [node.Things.Resource],
        });
        await using (var db = node.Database.Open())
        {
            db.Set<ApplicationOwner>().Add(new ApplicationOwner { ApplicationId = flow.ApplicationId, UserId = flow.UserId });
            await db.SaveChangesAsync();
        }
        await flow.SignInAsync();

        using var answer = await flow.Browser.PostAsync($"/exchange/portals/org/applications/{flow.ApplicationId}/edit", ("About.Name", "Another name"), ("About.Description", ""));

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        var row = await node.FindAsync(flow.ClientId);
        Assert.Equal("Another name", row.Name);
        Assert.True(row is { RequirePushedAuthorizationRequests: true, DpopBoundAccessTokens: true, AccessTokenFormat: AccessTokenFormats.Reference });
        Assert.Equal(["somebody"], row.TokenExchangeSubjects);
        Assert.Equal([node.Things.Resource], row.TokenExchangeAudiences);
    }

    [Fact]
    public async Task Renaming_an_application_writes_nothing_that_the_page_does_not_show()
    {
        var flow = await CodeFlow.CreateAsync(node, email: "robin@example.org");
        await using (var db = node.Database.Open())
        {
            db.Set<ApplicationOwner>().Add(new ApplicationOwner { ApplicationId = flow.ApplicationId, UserId = flow.UserId });
            // As rules stand today nobody could write this: whoever does not write it need not ask them.
            db.Applications.Single(row => row.Id == flow.ApplicationId).AccessTokenFormat = "older";
            await db.SaveChangesAsync();
        }
        await flow.SignInAsync();

        using var answer = await flow.Browser.PostAsync($"/exchange/portals/org/applications/{flow.ApplicationId}/edit", ("About.Name", "Another name"), ("About.Description", "Words"));

        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        var row = await node.FindAsync(flow.ClientId);
        Assert.Equal(("Another name", "Words", "older"), (row.Name, row.Description, row.AccessTokenFormat));
    }
}
