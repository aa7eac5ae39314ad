using Gatehouse.AuthServer.Issuing;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Registry;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Token;

/// <summary>What an application obtains is decided once for each scope parameter, and anew when the application or an API changes.</summary>
public sealed class DecidedAccessTests : IAsyncLifetime
{
    private readonly TestNode _node = new();

    public ValueTask InitializeAsync() => _node.InitializeAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Rfc(6749, "3.3")]
    public async Task An_API_that_gets_another_scope_gives_it_to_the_same_request()
    {
        const string before = "parcels:read parcels:write", after = "parcels:read parcels:track parcels:write";
        var api = _node.DescribeApi("parcels", _node.Upstream.Url);
        var application = await _node.CreateApplicationAsync(await _node.Founder.PublishAsync(api));
        await _node.SettleAsync();
        for (var time = 0; time < 2; time++) Assert.Equal(before, await ScopeAsync(application, asked: null));

        var changed = _node.DescribeApi("parcels", _node.Upstream.Url);
        changed.Scopes.Add(new ApiScope { Token = "parcels:track" });
        await _node.Founder.PublishAsync(changed);
        await _node.SettleAsync();

        for (var time = 0; time < 2; time++) Assert.Equal(after, await ScopeAsync(application, asked: null));
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

    [Theory]
    [InlineData(null)]
    [InlineData("things:read")]
    public async Task What_was_decided_with_one_picture_of_the_APIs_is_unknown_with_another(string? asked)
    {
        var application = await FindRegisteredAsync();
        var (apis, access) = (_node.Get<ApiCatalog>(), new GrantedAccess(ScopeSet.Of("things:read"), [], 60));
        var seen = apis.Current;
        DecidedAccess.Of(application, seen).Remember(asked, access);
        await _node.Founder.PublishAsync(_node.DescribeApi("parcels", _node.Upstream.Url));
        await _node.SettleAsync();

        Assert.NotSame(seen, apis.Current);
        Assert.False(DecidedAccess.Of(application, apis.Current).TryGet(asked, out _)); // The picture of the application is the same one.
        DecidedAccess.Of(application, apis.Current).Remember(asked, access);
        Assert.True(DecidedAccess.Of(application, apis.Current).TryGet(asked, out var known));
        Assert.Same(access, known);
    }

    [Fact]
    public async Task Of_the_spellings_of_a_scope_so_many_are_remembered_and_no_more()
    {
        var decided = DecidedAccess.Of(await FindRegisteredAsync(), _node.Get<ApiCatalog>().Current);
        for (var number = 0; number < 40; number++) decided.Remember($"things:{number}", new GrantedAccess(ScopeSet.Empty, [], number));

        for (var number = 0; number < 40; number++) Assert.Equal(number < 16, decided.TryGet($"things:{number}", out _));
    }

    [Fact, Rfc(6749, "3.3")]
    public async Task More_good_spellings_than_are_remembered_are_each_given_what_they_name()
    {
        var api = _node.DescribeApi("parcels", _node.Upstream.Url);
        foreach (var name in (string[])["track", "send"]) api.Scopes.Add(new ApiScope { Token = "parcels:" + name });
        var application = await _node.CreateApplicationAsync(await _node.Founder.PublishAsync(api));
        await _node.SettleAsync();
        var spellings = Orders(["parcels:read", "parcels:write", "parcels:track", "parcels:send"]).Concat(Orders(["parcels:read", "parcels:send", "parcels:track"])).ToList();

        Assert.Equal(30, spellings.Count);
        for (var time = 0; time < 2; time++)
            foreach (var names in spellings)
                Assert.Equal(names.Order(StringComparer.Ordinal), (await ScopeAsync(application, string.Join("%20", names)))!.Split(' ').Order(StringComparer.Ordinal));
    }

    private static IEnumerable<string[]> Orders(string[] names) =>
        names.Length == 0 ? [[]] : names.SelectMany(name => Orders([.. names.Where(other => other != name)]).Select(rest => (string[])[name, .. rest]));

    private async Task<RegisteredApplication> FindRegisteredAsync()
    {
        var application = await _node.CreateApplicationAsync();
        await _node.SettleAsync();
        return (await _node.Get<ApplicationRegistry>().FindAsync(application.ClientId)).Value!;
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
