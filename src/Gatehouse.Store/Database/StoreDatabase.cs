using Gatehouse.Store.Changes;
using Gatehouse.Store.Secrets;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Gatehouse.Store.Database;

/// <summary>Opens the database: contexts, schema, and the proof that the key-encryption key belongs to it.</summary>
public sealed class StoreDatabase
{
    private readonly DbContextOptions<SqliteGatehouseDb>? _sqlite;
    private readonly DbContextOptions<PostgresGatehouseDb>? _postgres;
    private readonly WriterQueue? _writers;

    public StoreDatabase(StoreOptions options, ChangeSignal? signal = null)
        : this(options, signal, [])
    {
    }

    /// <summary>For tests, which watch or hold single commands.</summary>
    internal StoreDatabase(StoreOptions options, ChangeSignal? signal, IReadOnlyList<IInterceptor> interceptors)
    {
        Options = options;
        Watches = [.. interceptors.OfType<IStatementWatch>()];
        Signal = signal ?? new ChangeSignal();
        var appender = new ChangeAppended(Signal);
        if (options.Provider == StoreProvider.Sqlite)
        {
            _writers = WriterQueue.Of(options.ConnectionString);
            Group = new GroupCommit(this);
            _sqlite = new DbContextOptionsBuilder<SqliteGatehouseDb>().UseSqlite(options.ConnectionString)
                .AddInterceptors([appender, new DurableSqlite(), .. interceptors]).Options;
        }
        else
        {
            _postgres = new DbContextOptionsBuilder<PostgresGatehouseDb>().UseNpgsql(options.ConnectionString)
                .AddInterceptors([appender, .. interceptors]).Options;
        }
    }

    public StoreOptions Options { get; }

    /// <summary>Rings when this process has committed a change.</summary>
    public ChangeSignal Signal { get; }

    /// <summary>None but in tests.</summary>
    internal IReadOnlyList<IStatementWatch> Watches { get; }

    /// <summary>Where small writes of SQLite share a commit; PostgreSQL does that by itself.</summary>
    internal GroupCommit? Group { get; }

    /// <summary>A connection for single statements; the caller disposes it.</summary>
    internal Task<StoreConnection> ConnectAsync(CancellationToken cancellation) => StoreConnection.OpenAsync(this, cancellation);

    /// <summary>Whether there is a row: the look before work by EF Core that is seldom due.</summary>
    internal async Task<bool> HasAsync(string sql, CancellationToken cancellation, params object?[] values)
    {
        await using var connection = await ConnectAsync(cancellation);
        return await connection.FindAsync(sql, _ => true, cancellation, values);
    }

    /// <summary>The turn to write; PostgreSQL needs none.</summary>
    internal async Task<IDisposable?> WaitForTurnAsync(CancellationToken cancellation)
    {
        return _writers is null ? null : await _writers.WaitAsync(cancellation);
    }

    /// <summary>A new context; the caller disposes it.</summary>
    public GatehouseDb Open() => _sqlite is not null ? new SqliteGatehouseDb(_sqlite) { Store = this } : new PostgresGatehouseDb(_postgres!) { Store = this };

    /// <summary>Brings the schema up to date and proves the key. A database that is refused is left as it was.</summary>
    /// <exception cref="StoreUnusableException">The database is newer, incomplete, unreachable, or sealed under another key.</exception>
    public async Task PrepareAsync(KeyEncryptionKey key, CancellationToken cancellation = default)
    {
        var state = await InspectAsync(key, cancellation);
        try
        {
            // To ask again what is missing costs a quarter of a second.
            if (state != SchemaState.Current)
            {
                await using var db = Open();
                await Schema.UpdateAsync(db, cancellation);
            }
            await KeyProof.EnsureAsync(this, key, cancellation);
        }
        catch (Exception exception) when (StoreUnusableException.CanExplain(exception))
        {
            throw StoreUnusableException.Explain(exception);
        }
    }

    /// <summary>Says whether the database could be used, and changes nothing.</summary>
    /// <returns>False when it is empty or not there: the first start makes it.</returns>
    /// <exception cref="StoreUnusableException">The database is newer, incomplete, unreachable, or sealed under another key.</exception>
    public async Task<bool> LookAsync(KeyEncryptionKey key, CancellationToken cancellation = default) =>
        await InspectAsync(key, cancellation) != SchemaState.Empty;

    /// <summary>Whether there is an organization.</summary>
    public async Task<bool> IsFoundedAsync(CancellationToken cancellation = default)
    {
        await using var connection = await ConnectAsync(cancellation);
        return await connection.FindAsync("""SELECT EXISTS (SELECT 1 FROM "Organizations")""", row => row.Flag(0), cancellation);
    }

    private async Task<SchemaState> InspectAsync(KeyEncryptionKey key, CancellationToken cancellation)
    {
        try
        {
            if (_sqlite is not null && !File.Exists(new SqliteConnectionStringBuilder(Options.ConnectionString).DataSource)) return SchemaState.Empty;
            await using var look = await StoreConnection.OpenToLookAsync(this, cancellation);
            var state = await Schema.InspectAsync(look, cancellation);
            if (state != SchemaState.Empty) await KeyProof.CheckAsync(look, key, cancellation);
            return state;
        }
        catch (Exception exception) when (StoreUnusableException.CanExplain(exception))
        {
            throw StoreUnusableException.Explain(exception);
        }
    }
}
