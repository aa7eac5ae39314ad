using System.Collections.Concurrent;
using Gatehouse.Store.Database;
using Gatehouse.Tests.Shared;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.EntityFrameworkCore;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace Gatehouse.Tests.Store.Fixture;

/// <summary>One PostgreSQL server for the whole run, started by the first test that needs it; each test has a database to itself.</summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private const string Template = "migrated";

    // Making a database costs more than most tests: one that a test left as it should be is emptied and used again.
    private readonly ConcurrentBag<StoreOptions> _idle = [];

    // A template can be copied only while nobody else copies it.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lazy<Task<PostgresCluster>> _start = new(StartAsync);
    private int _databases;

    /// <summary>A new database, empty or with the schema and the key proof of <see cref="TestStore.Key"/>; skips the test when there is no PostgreSQL.</summary>
    public async Task<StoreOptions> CreateDatabaseAsync(bool migrated)
    {
        Assert.SkipWhen(PostgresCluster.MissingReason is not null, PostgresCluster.MissingReason ?? string.Empty);
        if (migrated && _idle.TryTake(out var idle)) return idle;
        await _turn.WaitAsync();
        try
        {
            var cluster = await _start.Value;
            var name = $"test{++_databases}";
            await cluster.CreateDatabaseAsync(name, migrated ? Template : null);
            return Options(cluster, name);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Empties a migrated database, except for its key proof, and keeps it for another test.</summary>
    public async Task GiveBackAsync(StoreOptions options)
    {
        await using var db = new StoreDatabase(options).Open();
        var deletions = db.Model.GetEntityTypes().Select(type => type.GetTableName()).Distinct()
            .Select(table => $"DELETE FROM \"{table}\"{(table == "Settings" ? " WHERE \"Name\" <> 'key-proof'" : string.Empty)};");
        // Foreign keys are checked by triggers, which a replica leaves out: the order does not matter then.
        var sql = $"BEGIN; SET LOCAL session_replication_role = replica; {string.Concat(deletions)} COMMIT;";
        await db.Database.ExecuteSqlRawAsync(sql);
        _idle.Add(options);
    }

    /// <summary>Everything in a database as text.</summary>
    public async Task<string> DumpAsync(StoreOptions options) => await (await _start.Value).DumpAsync(DatabaseName(options));

    public async ValueTask DisposeAsync()
    {
        _turn.Dispose();
        if (_start is { IsValueCreated: true, Value.IsCompletedSuccessfully: true }) await (await _start.Value).DisposeAsync();
    }

    // A small pool each: many databases share the server's connections.
    private static StoreOptions Options(PostgresCluster cluster, string name) =>
        StoreOptions.PostgreSql(cluster.ConnectionString(name) + ";Maximum Pool Size=20;Timeout=20");

    private static string DatabaseName(StoreOptions options) => new Npgsql.NpgsqlConnectionStringBuilder(options.ConnectionString).Database!;

    private static async Task<PostgresCluster> StartAsync()
    {
        var cluster = await PostgresCluster.StartAsync();
        try
        {
            await cluster.CreateDatabaseAsync(Template);
            // Without a pool nobody stays connected to the template.
            await new StoreDatabase(StoreOptions.PostgreSql(cluster.ConnectionString(Template) + ";Pooling=false")).PrepareAsync(TestStore.Key);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }
}
