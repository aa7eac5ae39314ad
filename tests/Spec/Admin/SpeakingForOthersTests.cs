using System.Text.Json.Nodes;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Authorization;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Admin;

/// <summary>The server is operated by applications that speak for themselves: nobody becomes an operator through an application.</summary>
public sealed class SpeakingForOthersTests(AdminHouse house) : IClassFixture<AdminHouse>
{
    [Fact, Rfc(9700, "2.3")]
    public async Task No_user_can_give_what_opens_the_Admin_API()
    {
        var flow = await CodeFlow.CreateAsync(house.Node, change: draft => draft with
        {
            GrantTypes = [.. draft.GrantTypes, GrantType.ClientCredentials], PlanIds = [house.Node.Things.Plans.First().Id, house.AdminApi.Plans.First().Id],
        });
        foreach (var contract in (await house.Node.FindAsync(flow.ClientId)).Contracts.Where(contract => contract.State != ContractState.Approved))
            await house.Node.Founder.Contracts.DecideAsync(contract.Id, ContractState.Approved, Actor.System);
        await house.Node.SettleAsync();

        Assert.Equal("invalid_scope", CodeFlow.Parameter(await flow.AllowAsync("allow", ("scope", AdminScope.Name)), "error"));
        var all = await flow.RedeemAsync(await flow.ObtainCodeAsync(("scope", null)));
        Assert.Equal((200, "things:read things:write"), (all.Status, (string?)all.Body["scope"]));
        (await house.CallWithTokenAsync((string)all.Body["access_token"]!)).AssertRefused(401);
    }

    [Theory, Rfc(9068, "4")]
    [InlineData("""{"grant_id":"0197a000-0000-7000-8000-000000000000"}""")]
    [InlineData("""{"sub":"0197a000-0000-7000-8000-000000000000"}""")]
    [InlineData("""{"act":{"sub":"another"}}""")]
    public async Task A_token_that_speaks_for_somebody_else_is_refused(string claims)
    {
        var forge = await TokenForge.WithIssuersKeyAsync(house.Node);
        var token = forge.Change(house.Token, payload: payload =>
        {
            foreach (var (name, value) in JsonNode.Parse(claims)!.AsObject()) payload[name] = value!.DeepClone();
        });
        var answer = await house.CallWithTokenAsync(token);
        answer.AssertRefused(401);
        Assert.Equal("speaks_for_another", (await house.Node.FindProblemAsync((string)answer.Body["trace_id"]!)).Code);
    }
}
