using System.Data;
using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using Gatehouse.Store.Model;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;

namespace Gatehouse.Store.Database;

/// <summary>
/// Asks the store by statements as they are written. It is for what lies on the way of every start and of every use of a code or token, where EF Core
/// would take longer than the database does, and for what every node does by itself: EF Core's first query takes a small host most of a second, in which
/// requests wait. Parameters are <c>@0</c>, <c>@1</c>, …
/// </summary>
internal sealed class StoreConnection : IAsyncDisposable
{
    private const string Executed = "CommandExecuted";

    /// <summary>Tells of each command that was executed, as EF Core does.</summary>
    private static readonly DiagnosticListener Diagnostics = new("Gatehouse.Store");

    private readonly StoreDatabase _database;
    private readonly DbConnection _connection;
    private readonly StoreCommands _commands;
    private DbTransaction? _transaction;
    private bool _hasAnnounced;

    // Whose connection and transaction this one speaks in; null when they are its own.
    private GatehouseDb? _within;

    private StoreConnection(StoreDatabase database, DbConnection connection) =>
        (_database, _connection, _commands) = (database, connection, new StoreCommands(connection));

    public bool IsSqlite => _connection is SqliteConnection;

    /// <summary>A connection out of the pool that EF Core uses too.</summary>
    public static async Task<StoreConnection> OpenAsync(StoreDatabase database, CancellationToken cancellation)
    {
        foreach (var watch in database.Watches) await watch.OpeningAsync();
        var options = database.Options;
        return await OpenAsync(database, options.Provider == StoreProvider.Sqlite
            ? new SqliteConnection(options.ConnectionString) : new NpgsqlConnection(options.ConnectionString), DurableSqlite.Tell, cancellation);
    }

    /// <summary>For the same statements again and again: each is prepared once.</summary>
    public static async Task<StoreConnection> OpenToRepeatAsync(StoreDatabase database, CancellationToken cancellation)
    {
        var connection = await OpenAsync(database, cancellation);
        connection._commands.Keep();
        return connection;
    }

    /// <summary>
    /// To look at what may be refused. To open a SQLite file the usual way turns it to WAL, which changes it: it is opened for reading only.
    /// </summary>
    public static Task<StoreConnection> OpenToLookAsync(StoreDatabase database, CancellationToken cancellation)
    {
        if (database.Options.Provider != StoreProvider.Sqlite) return OpenAsync(database, cancellation);
        var file = new SqliteConnectionStringBuilder(database.Options.ConnectionString) { Mode = SqliteOpenMode.ReadOnly, Pooling = false };
        return OpenAsync(database, new SqliteConnection(file.ConnectionString), _ => { }, cancellation);
    }

    /// <summary>
    /// Statements within the open transaction of a context, which owns it: there is nothing to commit or to dispose here. What the context tracks
    /// and has not saved is not in the database yet.
    /// </summary>
    public static StoreConnection Within(GatehouseDb db) =>
        new(db.Store ?? throw new InvalidOperationException("The context was opened by no store."), db.Database.GetDbConnection())
        {
            _within = db,
            _transaction = db.Database.CurrentTransaction?.GetDbTransaction() ?? throw new InvalidOperationException("The context has no transaction."),
        };

    private static async Task<StoreConnection> OpenAsync(
        StoreDatabase database, DbConnection connection, Action<SqliteConnection> tell, CancellationToken cancellation)
    {
        try
        {
            await connection.OpenAsync(cancellation);
            if (connection is SqliteConnection sqlite) tell(sqlite);
            return new StoreConnection(database, connection);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Begins a transaction; on SQLite as the one writer.</summary>
    public async Task BeginAsync(IsolationLevel isolation, CancellationToken cancellation) =>
        _transaction = await _connection.BeginTransactionAsync(IsSqlite ? IsolationLevel.Serializable : isolation, cancellation);

    /// <summary>What is read from now on is one state of the store.</summary>
    public async Task BeginReadAsync(CancellationToken cancellation) => _transaction = _connection is SqliteConnection sqlite
        ? sqlite.BeginTransaction(deferred: true) : await _connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellation);

    public async Task CommitAsync(CancellationToken cancellation)
    {
        if (_within is not null) throw new InvalidOperationException("The transaction is the context's to commit.");
        foreach (var watch in _database.Watches) await watch.CommittingAsync();
        await _transaction!.CommitAsync(cancellation);
        await _transaction.DisposeAsync();
        _transaction = null;
        if (_hasAnnounced) _database.Signal.Ring(); // After the commit: a tail woken before it would find nothing and sleep on.
        _hasAnnounced = false;
    }

    /// <summary>Takes back what the work wrote, and that alone, when it returns false.</summary>
    public async Task RunBehindSavepointAsync(Func<Task<bool>> work)
    {
        var hadAnnounced = _hasAnnounced;
        await ExecuteAsync("SAVEPOINT one", CancellationToken.None);
        if (!await work())
        {
            await ExecuteAsync("ROLLBACK TO one", CancellationToken.None);
            _hasAnnounced = hadAnnounced;
        }
        await ExecuteAsync("RELEASE one", CancellationToken.None);
    }

    /// <summary>Appends a row to the change feed: it reaches the nodes when the transaction is committed.</summary>
    public async Task AnnounceAsync(DateTimeOffset now, ChangeKind kind, string subject, CancellationToken cancellation)
    {
        await ExecuteAsync("""INSERT INTO "Changes" ("Kind", "Subject", "At") VALUES (@0, @1, @2)""", cancellation, kind, subject, now);
        if (_within is null) _hasAnnounced = true;
        else _within.HasAnnounced = true;
    }

    /// <summary>A condition: the column is one of a parameter's values, however many there are.</summary>
    /// <param name="column">As it is written, with quotes.</param>
    /// <param name="place">The parameter's number; its value is made by <see cref="Among(IEnumerable{Guid})"/>.</param>
    public string IsAmong(string column, int place) =>
        IsSqlite ? $"{column} IN (SELECT value FROM json_each(@{place}))" : $"{column} = ANY(@{place})";

    public object Among(IEnumerable<Guid> ids) =>
        IsSqlite ? JsonSerializer.Serialize([.. ids.Select(id => id.ToString().ToUpperInvariant())], StoreJson.Default.ListString) : ids.ToArray();

    public object Among(IEnumerable<string> texts) => IsSqlite ? JsonSerializer.Serialize([.. texts], StoreJson.Default.ListString) : texts.ToArray();

    /// <returns>How many rows it changed.</returns>
    public async Task<int> ExecuteAsync(string sql, CancellationToken cancellation, params object?[] values)
    {
        await using var prepared = await PrepareAsync(sql, values);
        var command = prepared.Command;
        var changed = await command.ExecuteNonQueryAsync(cancellation);
        await TellAsync(command);
        return changed;
    }

    /// <summary>What <paramref name="read"/> makes of each row.</summary>
    public async Task<List<T>> ListAsync<T>(string sql, Func<StoreRow, T> read, CancellationToken cancellation, params object?[] values)
    {
        var found = new List<T>();
        await ForEachAsync(sql, row => found.Add(read(row)), cancellation, values);
        return found;
    }

    public async Task ForEachAsync(string sql, Action<StoreRow> take, CancellationToken cancellation, params object?[] values)
    {
        await using var prepared = await PrepareAsync(sql, values);
        var command = prepared.Command;
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await TellAsync(command);
        while (await reader.ReadAsync(cancellation)) take(new StoreRow(reader));
    }

    /// <summary>The first row; the default where there is none.</summary>
    public async Task<T?> FindAsync<T>(string sql, Func<StoreRow, T> read, CancellationToken cancellation, params object?[] values)
    {
        await using var prepared = await PrepareAsync(sql, values);
        var command = prepared.Command;
        await using var reader = await command.ExecuteReaderAsync(cancellation);
        await TellAsync(command);
        return await reader.ReadAsync(cancellation) ? read(new StoreRow(reader)) : default;
    }

    public async ValueTask DisposeAsync()
    {
        if (_within is not null) return;
        try
        {
            await _commands.DisposeAsync();
            if (_transaction is not null) await _transaction.DisposeAsync(); // What was not committed is taken back.
        }
        finally
        {
            await _connection.DisposeAsync();
        }
    }

    private async ValueTask<StoreCommands.Prepared> PrepareAsync(string sql, object?[] values)
    {
        var prepared = _commands.Prepare(sql, values, _transaction);
        foreach (var watch in _database.Watches) await watch.ExecutingAsync(prepared.Command);
        return prepared;
    }

    private async ValueTask TellAsync(DbCommand command)
    {
        foreach (var watch in _database.Watches) await watch.ExecutedAsync();
        if (Diagnostics.IsEnabled() && Diagnostics.IsEnabled(Executed)) Diagnostics.Write(Executed, command);
    }
}
