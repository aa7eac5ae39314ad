using System.Security.Cryptography;
using Gatehouse.Store.Database;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Store.Database;

public sealed class PreparationOnSqlite() : PreparationTests(StoreProvider.Sqlite)
{
    private const string ModesQuery = "SELECT (SELECT journal_mode FROM pragma_journal_mode) || ' ' || (SELECT synchronous FROM pragma_synchronous)";

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.01)]
    public async Task A_truncated_file_is_refused(double kept)
    {
        await Store.CreateApplicationAsync();
        var file = FileName(Store.Options);
        Checkpoint(Store.Options);
        await using (var stream = File.OpenWrite(file)) stream.SetLength((long)(stream.Length * kept) + 1);

        await AssertRefusedAsync("damaged or half-written");
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused()
    {
        var file = FileOf("letter.db");
        await File.WriteAllTextAsync(file, string.Concat(Enumerable.Repeat("Dear customer, ", 500)));

        await AssertRefusedAsync(StoreOptions.Sqlite(file), TestStore.Key, "damaged or half-written");
    }

    [Fact]
    public async Task A_missing_folder_is_refused()
    {
        var refusal = await RefusalOfAsync(StoreOptions.Sqlite(FileOf("nowhere/gatehouse.db")));
        Assert.Contains("cannot be opened for writing", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_may_only_be_read_is_refused()
    {
        // Root may write to every folder, so SQLite itself is told to write nothing.
        var options = new StoreOptions(StoreProvider.Sqlite, Store.Options.ConnectionString + ";Mode=ReadOnly");
        await AssertRefusedAsync(options, TestStore.Key, "cannot be opened for writing");
    }

    [Fact]
    public async Task A_folder_that_may_not_be_written_is_refused()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Only Linux has a folder in which not even root may make a file.");

        var refusal = await RefusalOfAsync(StoreOptions.Sqlite("/proc/self/gatehouse.db"));
        Assert.Contains("cannot be opened for writing", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_that_was_killed_while_migrating_does_not_stop_the_next()
    {
        await using (var db = Store.OpenElsewhere().Open())
            await db.GetService<IMigrator>().MigrateAsync(db.Database.GetMigrations().First(), TestContext.Current.CancellationToken);
        await ExecuteAsync("""
            CREATE TABLE IF NOT EXISTS "__EFMigrationsLock" ("Id" INTEGER NOT NULL PRIMARY KEY, "Timestamp" TEXT NOT NULL);
            INSERT INTO "__EFMigrationsLock" VALUES (1, '2026-01-01');
            """);
        await new StoreDatabase(Store.Options).PrepareAsync(TestStore.Key).WaitAsync(Deadline);
    }

    [Fact]
    public async Task A_folder_may_have_any_name()
    {
        var file = Path.Combine(Directory.CreateDirectory(FileOf("it's; a 'folder'")).FullName, "gatehouse.db");
        await new StoreDatabase(StoreOptions.Sqlite(file)).PrepareAsync(TestStore.Key);
        Assert.True(File.Exists(file));
    }

    [Fact]
    public async Task A_commit_is_durable_and_readers_do_not_wait() => Assert.Equal("wal 2", await ModesAsync());

    [Fact]
    public async Task So_it_is_on_a_connection_that_was_used_before_by_us_or_by_others()
    {
        await ModesAsync();
        Assert.Equal("wal 2", await ModesAsync()); // From the pool.

        ClearPool(Store.Options);
        await ExecuteAsync(Store.Options, "PRAGMA synchronous=OFF"); // It leaves a connection in the pool that we have told nothing.
        Assert.Equal("wal 2", await ModesAsync());
    }

    [Fact]
    public async Task So_it_is_for_statements_of_our_own()
    {
        Assert.Equal("wal 2", await ModesByStatementAsync());
        ClearPool(Store.Options);
        await ExecuteAsync(Store.Options, "PRAGMA synchronous=OFF");
        Assert.Equal("wal 2", await ModesByStatementAsync());
    }

    private async Task<string?> ModesByStatementAsync()
    {
        await using var connection = await Store.Database.ConnectAsync(TestContext.Current.CancellationToken);
        return await connection.FindAsync(ModesQuery, row => row.Text(0), TestContext.Current.CancellationToken);
    }

    private Task<string?> ModesAsync() => Store.ReadAsync(async db =>
    {
        await db.Database.OpenConnectionAsync();
        var connection = db.Database.GetDbConnection();
        await using var command = connection.CreateCommand();
        command.CommandText = ModesQuery;
        return (string?)await command.ExecuteScalarAsync();
    });

    private static Task<StoreUnusableException> RefusalOfAsync(StoreOptions options) =>
        Assert.ThrowsAsync<StoreUnusableException>(() => new StoreDatabase(options).PrepareAsync(TestStore.Key));

    private protected override async Task<string> FingerprintAsync(StoreOptions options)
    {
        Checkpoint(options);
        return Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(FileName(options))));
    }

    private protected override async Task ExecuteAsync(StoreOptions options, string sql)
    {
        // The plain way, without turning the file to WAL: so would another program.
        await using var connection = new SqliteConnection(options.ConnectionString);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        await command.ExecuteNonQueryAsync();
    }

    // The last connection to close brings everything into the file itself; one that only reads may leave an empty log.
    private void Checkpoint(StoreOptions options)
    {
        ClearPool(Store.Options);
        ClearPool(options);
        var log = new FileInfo(FileName(options) + "-wal");
        Assert.True(!log.Exists || log.Length == 0, "The file is still in use.");
    }

    private static string FileName(StoreOptions options) => new SqliteConnectionStringBuilder(options.ConnectionString).DataSource;
}
