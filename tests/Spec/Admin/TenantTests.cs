using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Store.Model;

namespace Gatehouse.Tests.Spec.Admin;

/// <summary>What belongs to another organization does not exist.</summary>
public sealed class TenantTests(AdminHouse house) : IClassFixture<AdminHouse>
{
    [Theory]
    [InlineData("GET", "/applications/{client_id}")]
    [InlineData("PUT", "/applications/{client_id}")]
    [InlineData("DELETE", "/applications/{client_id}")]
    [InlineData("POST", "/applications/{client_id}/retire")]
    [InlineData("POST", "/applications/{client_id}/reactivate")]
    [InlineData("POST", "/applications/{client_id}/revoke-tokens")]
    [InlineData("GET", "/applications/{client_id}/secrets")]
    [InlineData("POST", "/applications/{client_id}/secrets")]
    [InlineData("DELETE", "/applications/{client_id}/secrets/{secret_id}")]
    [InlineData("POST", "/applications/{client_id}/contracts")]
    [InlineData("PATCH", "/contracts/{contract_id}")]
    [InlineData("GET", "/apis/parcels")]
    [InlineData("DELETE", "/apis/parcels")]
    public async Task A_route_to_it_is_not_found_and_nothing_changes(string method, string route)
    {
        var before = await house.Node.FindAsync(house.NeighboursApplication.ClientId);
        var path = route.Replace("{client_id}", before.ClientId, StringComparison.Ordinal)
            .Replace("{secret_id}", before.Secrets.Single().Id.ToString(), StringComparison.Ordinal)
            .Replace("{contract_id}", before.Contracts.Single().Id.ToString(), StringComparison.Ordinal);
        var body = new JsonObject { ["client_name"] = "taken over", ["state"] = "revoked", ["api"] = "things", ["plan"] = "standard" };
        (await house.SendAsync(new HttpMethod(method), path, method is "GET" or "DELETE" ? null : body)).AssertRefused(404);

        var after = await house.Node.FindAsync(before.ClientId);
        Assert.Equal((before.Name, before.State, before.TokensNotBefore), (after.Name, after.State, after.TokensNotBefore));
        Assert.Null(after.Secrets.Single().RetiredAt);
        Assert.Equal(ContractState.Approved, after.Contracts.Single().State);
    }

    [Fact]
    public async Task Lists_leave_it_out()
    {
        await house.Node.Founder.CreateUserAsync(house.Neighbour, "neighbour@example.org", "Neighbour", PortalRole.Operator);
        foreach (var list in new[] { "/applications", "/contracts", "/apis", "/users" })
            Assert.DoesNotContain("neighbour", (await house.GetAsync(list)).Body.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        Assert.Empty((await house.GetAsync($"/applications?q={house.NeighboursApplication.ClientId}")).List("applications"));
    }

    [Fact]
    public async Task Its_APIs_cannot_be_asked_for()
    {
        (await house.PostAsync("/applications", new JsonObject { ["client_name"] = "a", ["apis"] = new JsonArray(new JsonObject { ["api"] = "parcels", ["plan"] = "standard" }) }))
            .AssertRefused(422, "apis");
        var (clientId, _) = await house.RegisterAsync();
        (await house.PostAsync($"/applications/{clientId}/contracts", new JsonObject { ["api"] = "parcels", ["plan"] = "standard" })).AssertRefused(422, "api");
    }

    [Fact]
    public async Task Its_tokens_cannot_be_revoked_as_a_whole()
    {
        var token = await house.Node.ObtainTokenAsync(house.NeighboursApplication);
        (await house.PostAsync("/tokens/revoke", new JsonObject { ["token"] = token })).AssertRefused(404);
        Assert.Equal(HttpStatusCode.OK, (await house.Node.CallAsync("/parcels", token)).StatusCode);
    }
}
