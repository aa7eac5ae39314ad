using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Token;

/// <summary>What an application obtains is decided once for each scope parameter, and anew when the application or an API changes.</summary>
public sealed class DecidedAccessTests : IAsyncLifetime
{
    private readonly TestNode _node = new();

    public ValueTask InitializeAsync() => _node.InitializeAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Theory, Rfc(6749, "3.3")]
    [InlineData(null, "parcels:read parcels:write", "parcels:read parcels:track parcels:write")]
    [InlineData("parcels:read", "parcels:read", "parcels:read")]
    public async Task An_API_that_gets_another_scope_gives_it_to_the_same_request(string? asked, string before, string after)
    {
        var api = _node.DescribeApi("parcels", _node.Upstream.Url);
        var application = await _node.CreateApplicationAsync(await _node.Founder.PublishAsync(api));
        await _node.SettleAsync();
        for (var time = 0; time < 2; time++) Assert.Equal(before, await ScopeAsync(application, asked));

        var changed = _node.DescribeApi("parcels", _node.Upstream.Url);
        changed.Scopes.Add(new ApiScope { Token = "parcels:track" });
        await _node.Founder.PublishAsync(changed);
        await _node.SettleAsync();

        for (var time = 0; time < 2; time++) Assert.Equal(after, await ScopeAsync(application, asked));
    }

    [Theory, Rfc(6749, "5.2")]
    [InlineData(null)]
    [InlineData("things:read")]
    public async Task A_contract_that_is_suspended_gives_nothing_to_the_same_request(string? asked)
    {
        var application = await _node.CreateApplicationAsync();
        await _node.SettleAsync();
        for (var time = 0; time < 2; time++) Assert.NotNull(await ScopeAsync(application, asked));

        var contract = (await _node.FindAsync(application.ClientId)).Contracts.Single();
        await _node.Get<ContractOperations>().DecideAsync(contract.Id, ContractState.Suspended, Actor.System);
        await _node.SettleAsync();

        (await AskAsync(application, asked)).IsRefused(400, "invalid_scope");
    }

    [Fact, Rfc(6749, "3.3")]
    public async Task What_is_invented_is_refused_as_often_as_it_is_asked_for()
    {
        var application = await _node.CreateApplicationAsync();
        await _node.SettleAsync();
        for (var number = 0; number < 40; number++)
        {
            (await AskAsync(application, $"things:invented-{number}")).IsRefused(400, "invalid_scope");
            Assert.Equal("things:read", await ScopeAsync(application, "things:read"));
        }
    }

    private async Task<string?> ScopeAsync(Founding.Credentials application, string? asked)
    {
        var answer = await AskAsync(application, asked);
        Assert.Equal(200, answer.Status);
        return (string?)TokenForge.Read(((string)answer.Body["access_token"]!).Split('.')[1])["scope"];
    }

    private Task<TokenAnswer> AskAsync(Founding.Credentials application, string? asked) =>
        _node.Auth.PostTokenAsync(TokenRequests.Form(application) + (asked is null ? string.Empty : $"&scope={asked}"));
}
