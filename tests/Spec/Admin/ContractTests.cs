using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Founding;

namespace Gatehouse.Tests.Spec.Admin;

/// <summary>Contracts over the Admin API: what is decided there holds at the gateway.</summary>
public sealed class ContractTests(AdminHouse house) : IClassFixture<AdminHouse>
{
    [Fact]
    public async Task A_decision_reaches_the_gateway()
    {
        var (clientId, created) = await house.RegisterAsync();
        var contract = $"/contracts/{created["apis"]![0]!["contract_id"]}";
        await house.Node.SettleAsync();
        var token = await house.Node.ObtainTokenAsync(new Credentials(clientId, (string)created["client_secret"]!));
        Assert.Equal(HttpStatusCode.OK, (await house.Node.CallAsync("/things", token)).StatusCode);

        Assert.Equal("suspended", (string)(await house.PatchAsync(contract, new JsonObject { ["state"] = "suspended" })).Body["state"]!);
        await house.Node.SettleAsync();
        Assert.Equal(HttpStatusCode.Forbidden, (await house.Node.CallAsync("/things", token)).StatusCode);

        await house.PatchAsync(contract, new JsonObject { ["state"] = "approved" });
        await house.Node.SettleAsync();
        Assert.Equal(HttpStatusCode.OK, (await house.Node.CallAsync("/things", token)).StatusCode);

        await house.PatchAsync(contract, new JsonObject { ["state"] = "revoked" });
        (await house.PatchAsync(contract, new JsonObject { ["state"] = "approved" })).AssertRefused(409);
    }

    [Fact]
    public async Task A_contract_under_a_plan_approved_by_hand_waits_for_a_decision()
    {
        var (clientId, _) = await house.RegisterAsync();
        var requested = await house.PostAsync($"/applications/{clientId}/contracts", new JsonObject { ["api"] = "gatehouse-admin" });
        Assert.Equal(HttpStatusCode.Created, requested.Status);
        Assert.Equal("requested", (string)requested.Body["state"]!);
        Assert.Null(requested.Body["decided_at"]);
        Assert.Contains((string)requested.Body["id"]!, Ids(await house.GetAsync("/contracts?state=requested")));
        Assert.DoesNotContain((string)requested.Body["id"]!, Ids(await house.GetAsync("/contracts?state=approved")));

        (await house.PostAsync($"/applications/{clientId}/contracts", new JsonObject { ["api"] = "gatehouse-admin" })).AssertRefused(409);
        var decided = await house.PatchAsync($"/contracts/{requested.Body["id"]}", new JsonObject { ["state"] = "approved" });
        Assert.NotNull(decided.Body["decided_at"]);
    }

    [Theory]
    [InlineData("""{"state":"requested"}""")]
    [InlineData("""{"state":"Approved!"}""")]
    [InlineData("""{"state":1}""")]
    [InlineData("""{}""")]
    public async Task A_decision_that_is_none_is_refused(string body)
    {
        var (_, created) = await house.RegisterAsync();
        (await house.PatchAsync($"/contracts/{created["apis"]![0]!["contract_id"]}", JsonNode.Parse(body)!.AsObject())).AssertRefused(422, "state");
    }

    [Fact]
    public async Task Pages_show_every_contract_once()
    {
        for (var i = 0; i < 3; i++) await house.RegisterAsync();
        var seen = new List<string>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = await house.GetAsync("/contracts?limit=1" + (cursor.Length > 0 ? $"&cursor={cursor}" : ""));
            seen.AddRange(Ids(page));
            cursor = (string?)page.Body["next_cursor"];
        }
        Assert.Equal(Ids(await house.GetAsync("/contracts?limit=200")).Order(), seen.Order());
    }

    [Fact]
    public async Task An_unknown_state_or_contract_is_refused()
    {
        (await house.GetAsync("/contracts?state=0")).AssertRefused(422, "state");
        (await house.PatchAsync($"/contracts/{Guid.NewGuid()}", new JsonObject { ["state"] = "approved" })).AssertRefused(404);
    }

    private static List<string> Ids(AdminAnswer page) => [.. page.List("contracts").Select(row => (string)row!["id"]!)];
}
