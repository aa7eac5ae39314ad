using System.Globalization;
using Gatehouse.Store.Model;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Cost;

/// <summary>It counts what the whole process allocates and asks of a database: nothing else runs beside it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class CountedAlone
{
    public const string Name = "Counted alone";
}

/// <summary>
/// What one token and one call cost in memory and database commands, Kestrel, TLS and forwarder included. Allocations are counted and not
/// timed: they are the same on every machine, so the budgets are narrow. A change that breaks one either is a mistake or raises the budget.
/// </summary>
[Collection(CountedAlone.Name)]
public sealed class HotPathTests : IAsyncLifetime
{
    private const int WarmUp = 3000;
    private const int Rounds = 5;
    private const int Counted = 400;

    private readonly TestNode _node = new();
    private readonly RawUpstream _upstream = new();
    private Api _api = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _api = await _node.Founder.PublishAsync(_node.DescribeApi("labels", _upstream.Url));
    }

    public async ValueTask DisposeAsync()
    {
        _upstream.Dispose();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task A_token_for_client_credentials()
    {
        var application = await _node.CreateApplicationAsync(_api);
        await _node.SettleAsync();
        var form = $"grant_type=client_credentials&client_id={application.ClientId}&client_secret={application.ClientSecret}";
        Measure("token", _node.Auth.BaseAddress!, RawConnection.Post("/as/token.oauth2", form), budget: 2688);
    }

    [Fact]
    public async Task A_call_with_a_token_that_was_seen_before()
    {
        var application = await _node.CreateApplicationAsync(_api);
        await _node.SettleAsync();
        var token = await _node.ObtainTokenAsync(application);
        Measure("call", _node.Gateway.BaseAddress!, RawConnection.Get("/labels/7", token), budget: 3840);
    }

    [Fact]
    public async Task The_counter_of_commands_counts()
    {
        using var commands = new DatabaseCommands();
        await _node.CreateApplicationAsync(_api);
        Assert.NotEqual(0, commands.Count);
    }

    private static void Measure(string name, Uri server, byte[] request, long budget)
    {
        using var connection = new RawConnection(server);
        for (var number = 0; number < WarmUp; number++) Assert.Equal(200, connection.Send(request));
        using var commands = new DatabaseCommands();
        // On a busy machine more has to be waited for, and what waits is allocated: the round that was least disturbed tells.
        var bytes = Enumerable.Range(0, Rounds).Min(_ => CountBytes(connection, request));

        TestContext.Current.SendDiagnosticMessage($"{name}: {bytes} bytes per request");
        Assert.InRange(commands.Count, 0, Rounds * Counted / 100); // The node's workers look for changes now and then; no request does.
        Assert.True(bytes <= budget, string.Create(CultureInfo.InvariantCulture, $"One {name} allocates {bytes} bytes; its budget is {budget}."));
    }

    private static long CountBytes(RawConnection connection, byte[] request)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        for (var number = 0; number < Counted; number++) Assert.Equal(200, connection.Send(request));
        return (GC.GetTotalAllocatedBytes(precise: true) - before) / Counted;
    }
}
