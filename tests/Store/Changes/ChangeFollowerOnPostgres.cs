using Gatehouse.Store.Database;
using Gatehouse.Tests.Shared;
using Gatehouse.Tests.Store.Fixture;
using Npgsql;

namespace Gatehouse.Tests.Store.Changes;

/// <summary>PostgreSQL wakes nodes by NOTIFY, and its connections break.</summary>
public sealed class ChangeFollowerOnPostgres() : ChangeFollowerTests(StoreProvider.PostgreSql)
{
    private static readonly TimeSpan ShortPoll = TimeSpan.FromMilliseconds(20);

    [Fact]
    public async Task A_commit_elsewhere_wakes_a_node_that_never_polls()
    {
        await using var node = await StartAsync(Store.OpenElsewhere());
        await node.SeeNextChangeAsync(Store, Deadline);
        await node.SeeNextChangeAsync(Store, Deadline);
    }

    [Fact]
    public async Task A_listener_that_lost_its_connection_listens_again_and_looks_for_what_it_missed()
    {
        await using var node = await StartAsync(Store.OpenElsewhere());
        await node.SeeNextChangeAsync(Store, Deadline);
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal(1, await TerminateAsync("query LIKE 'LISTEN%'"));
            await node.SeeNextChangeAsync(Store, Deadline);
            await node.SeeNextChangeAsync(Store, Deadline);
        }
    }

    [Fact]
    public async Task A_node_whose_connections_are_all_broken_resumes_from_its_place()
    {
        var application = (await Store.CreateApplicationAsync()).Application;
        // Under a name of its own: the test's connections stay whole.
        await using var node = await StartAsync(new StoreDatabase(StoreOptions.PostgreSql(Store.Options.ConnectionString + ";Application Name=node")), ShortPoll);
        await node.Applications.FindAsync(application.ClientId);
        var rows = node.Delay.Read().Applied;

        Assert.InRange(await TerminateAsync("application_name = 'node'"), 2, 20); // The listener's, and one or more of readers.
        await Store.Applications.DeleteAsync(application.Id, Gatehouse.Store.Operations.Actor.System);
        await node.SeeNextChangeAsync(Store, Deadline);

        var found = await node.Applications.FindAsync(application.ClientId);
        while (!found.IsKnown) found = await node.Applications.FindAsync(application.ClientId); // As many broken connections as the pool held.
        Assert.Null(found.Value);
        Assert.Equal(rows + 2, node.Delay.Read().Applied); // Each row once, and no reload instead.
    }

    [Fact]
    public async Task A_restarted_server_is_followed_from_the_same_place()
    {
        await using var cluster = await PostgresCluster.StartAsync();
        var options = StoreOptions.PostgreSql(cluster.ConnectionString("postgres"));
        await new StoreDatabase(options).PrepareAsync(TestStore.Key);
        var store = await TestStore.OpenAsync(StoreOptions.PostgreSql(options.ConnectionString + ";Pooling=false"));
        await using (var node = await StartAsync(new StoreDatabase(options), ShortPoll))
        {
            await node.SeeNextChangeAsync(store, Deadline);
            var rows = node.Delay.Read().Applied;

            await cluster.RestartAsync();
            await node.SeeNextChangeAsync(store, Deadline);

            Assert.Equal(rows + 1, node.Delay.Read().Applied);
        }
    }

    private protected override bool LeavesNoTrace => false;

    private async Task<long> TerminateAsync(string which)
    {
        await using var connection = new NpgsqlConnection(Store.Options.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            $"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND {which}",
            connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
