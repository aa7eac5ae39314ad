using Gatehouse.Store.Database;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Gatehouse.Tests.Store.Changes;

/// <summary>PostgreSQL has many writers at once, so positions are not commit order.</summary>
public sealed class ChangeTailOnPostgres() : ChangeTailTests(StoreProvider.PostgreSql)
{
    [Fact]
    public async Task A_row_that_commits_after_a_later_one_is_neither_waited_for_nor_skipped()
    {
        var tail = await StartAsync();
        await using var slow = await Writer.BeginAsync(Store.Options);
        await slow.AppendAsync("slow 1");
        await AppendAsync("quick");
        await slow.AppendAsync("slow 2");

        Assert.Equal(["quick"], await SubjectsAsync(tail));
        Assert.Empty(await SubjectsAsync(tail));
        await slow.CommitAsync();
        Assert.Equal(["slow 1", "slow 2"], await SubjectsAsync(tail));
        Assert.Empty(await SubjectsAsync(tail));
    }

    [Fact]
    public async Task A_row_that_was_written_before_the_reader_started_and_commits_after_is_delivered()
    {
        await using var slow = await Writer.BeginAsync(Store.Options);
        await slow.AppendAsync("slow");
        await AppendAsync("before");
        var tail = await StartAsync();
        await slow.CommitAsync();

        Assert.Equal(["slow"], await SubjectsAsync(tail));
    }

    [Fact]
    public async Task Transactions_that_commit_in_reverse_are_all_delivered_once()
    {
        var tail = await StartAsync();
        var writers = new List<Writer>();
        for (var number = 0; number < 8; number++)
        {
            writers.Add(await Writer.BeginAsync(Store.Options));
            await writers[number].AppendAsync($"{number}");
        }
        var delivered = new List<string>();
        foreach (var writer in Enumerable.Reverse(writers))
        {
            await writer.CommitAsync();
            await writer.DisposeAsync();
            delivered.AddRange(await SubjectsAsync(tail));
        }
        Assert.Equal(["7", "6", "5", "4", "3", "2", "1", "0"], delivered);
        Assert.Empty(await SubjectsAsync(tail));
    }

    [Fact]
    public async Task A_transaction_that_is_rolled_back_delays_nobody()
    {
        var tail = await StartAsync();
        await using (var given = await Writer.BeginAsync(Store.Options)) await given.AppendAsync("given up");
        await AppendAsync("kept");

        Assert.Equal(["kept"], await SubjectsAsync(tail));
        Assert.Empty(await SubjectsAsync(tail));
    }

    [Fact]
    public async Task A_long_transaction_that_writes_something_else_delays_nobody()
    {
        var tail = await StartAsync();
        await using var report = await Writer.BeginAsync(Store.Options);
        await report.ExecuteAsync("""UPDATE "Organizations" SET "Name" = "Name" """);
        await AppendAsync("1");
        Assert.Equal(["1"], await SubjectsAsync(tail));
        await AppendAsync("2");
        Assert.Equal(["2"], await SubjectsAsync(tail));
        await report.CommitAsync();
        Assert.Empty(await SubjectsAsync(tail));
    }

    [Fact]
    public async Task A_savepoint_that_is_rolled_back_takes_its_row_with_it()
    {
        var tail = await StartAsync();
        await using var writer = await Writer.BeginAsync(Store.Options);
        await writer.AppendAsync("kept");
        await writer.ExecuteAsync("SAVEPOINT s");
        await writer.AppendAsync("given up");
        await writer.ExecuteAsync("ROLLBACK TO SAVEPOINT s");
        await writer.CommitAsync();

        Assert.Equal(["kept"], await SubjectsAsync(tail));
    }

    [Fact]
    public async Task A_row_of_a_kind_that_only_a_newer_version_knows_is_a_gap()
    {
        var tail = await StartAsync();
        await using var old = await Writer.BeginAsync(Store.Options);
        await old.AppendAsync("old");
        await using var newer = await Writer.BeginAsync(Store.Options);
        await newer.AppendAsync("grant", kind: "Grant");
        await newer.CommitAsync();

        Assert.Null(await tail.ReadAsync(default));
        Assert.Empty(await SubjectsAsync(tail)); // Told once, also while a transaction keeps the row in sight.
    }

    // The server's oldest transaction may be another test's, in another database.
    private protected override async Task WaitUntilSettledAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!await Store.ReadAsync(db => db.Database.SqlQueryRaw<bool>(
            """SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint > (SELECT max("TransactionId") FROM "Changes") AS "Value" """).SingleAsync(deadline.Token)))
        {
            deadline.Token.ThrowIfCancellationRequested();
        }
    }

    /// <summary>A transaction that is held open.</summary>
    private sealed class Writer : IAsyncDisposable
    {
        private readonly NpgsqlConnection _connection;
        private readonly NpgsqlTransaction _transaction;

        private Writer(NpgsqlConnection connection, NpgsqlTransaction transaction) => (_connection, _transaction) = (connection, transaction);

        public static async Task<Writer> BeginAsync(StoreOptions options)
        {
            var connection = new NpgsqlConnection(options.ConnectionString);
            await connection.OpenAsync();
            return new Writer(connection, await connection.BeginTransactionAsync());
        }

        public async Task AppendAsync(string subject, string kind = "Application")
        {
            await using var command = new NpgsqlCommand("""INSERT INTO "Changes" ("Kind", "Subject", "At") VALUES ($1, $2, 0)""", _connection)
            {
                Parameters = { new NpgsqlParameter { Value = kind }, new NpgsqlParameter { Value = subject } },
            };
            await command.ExecuteNonQueryAsync();
        }

        public async Task ExecuteAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, _connection);
            await command.ExecuteNonQueryAsync();
        }

        public Task CommitAsync() => _transaction.CommitAsync();

        public async ValueTask DisposeAsync()
        {
            await _transaction.DisposeAsync();
            await _connection.DisposeAsync();
        }
    }
}
