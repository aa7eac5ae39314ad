using System.Net;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Gateway;

public sealed class RevocationTests(TestNode node) : IClassFixture<TestNode>
{
    [Fact]
    public async Task A_token_that_was_revoked_by_its_id_is_invalid_and_its_siblings_are_not()
    {
        var application = await node.CreateApplicationAsync();
        var (revoked, sibling) = (await node.ObtainTokenAsync(application), await node.ObtainTokenAsync(application));
        await IsGoodAsync(revoked);
        var id = (string)TokenForge.Read(revoked.Split('.')[1])["jti"]!;
        await node.Get<TokenRevocation>().RevokeAsync(node.Organization.Id, id, expiresAt: null, Actor.System);
        await node.SettleAsync();
        using var answer = await node.CallAsync("/things", revoked);
        await answer.IsInvalidTokenAsync("token_revoked");
        await IsGoodAsync(sibling);
    }

    [Fact]
    public async Task Revoking_all_tokens_ends_those_issued_until_then_and_none_after()
    {
        var application = await node.CreateApplicationAsync();
        var old = await node.ObtainTokenAsync(application);
        await node.Get<ApplicationOperations>().RevokeTokensAsync((await node.FindAsync(application.ClientId)).Id, Actor.System);
        await node.SettleAsync();
        using var answer = await node.CallAsync("/things", old);
        await answer.IsInvalidTokenAsync("token_revoked");
        await IsGoodAsync(await node.ObtainTokenAsync(application)); // In the very second of the revocation.
    }

    [Fact]
    public async Task A_deleted_application_is_invalid()
    {
        var application = await node.CreateApplicationAsync();
        var token = await node.ObtainTokenAsync(application);
        await IsGoodAsync(token);
        await node.Get<ApplicationOperations>().DeleteAsync((await node.FindAsync(application.ClientId)).Id, Actor.System);
        await node.SettleAsync();
        using var answer = await node.CallAsync("/things", token);
        await answer.IsInvalidTokenAsync("application_gone");
    }

    [Fact]
    public async Task A_retired_application_is_invalid_until_it_is_taken_back()
    {
        var application = await node.CreateApplicationAsync();
        var token = await node.ObtainTokenAsync(application);
        var id = (await node.FindAsync(application.ClientId)).Id;
        await node.Get<ApplicationOperations>().RetireAsync(id, Actor.System);
        await node.SettleAsync();
        using (var answer = await node.CallAsync("/things", token)) await answer.IsInvalidTokenAsync("application_retired");
        await node.Get<ApplicationOperations>().ReactivateAsync(id, Actor.System);
        await node.SettleAsync();
        using (var answer = await node.CallAsync("/things", token)) await answer.IsInvalidTokenAsync("token_revoked");
        await IsGoodAsync(await node.ObtainTokenAsync(application));
    }

    private async Task IsGoodAsync(string token)
    {
        using var answer = await node.CallAsync("/things", token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
