using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;
using SQLitePCL;

namespace Gatehouse.Store.Database;

/// <summary>
/// Readers never wait for the writer (WAL), and a commit that was answered survives a power cut (FULL). Both hold for as long as SQLite's own
/// connection lives, which the pool keeps between uses: they are said once to each, not at every opening.
/// </summary>
internal sealed class DurableSqlite : DbConnectionInterceptor
{
    private const string Pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;";

    private static readonly object Said = new();

    private readonly ConditionalWeakTable<sqlite3, object> _told = [];

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
    {
        var handle = HandleOf(connection);
        if (_told.TryGetValue(handle, out _)) return;
        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
        _told.AddOrUpdate(handle, Said);
    }

    public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        var handle = HandleOf(connection);
        if (_told.TryGetValue(handle, out _)) return;
        await using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        await command.ExecuteNonQueryAsync(cancellationToken);
        _told.AddOrUpdate(handle, Said);
    }

    private static sqlite3 HandleOf(DbConnection connection) =>
        ((SqliteConnection)connection).Handle ?? throw new InvalidOperationException("An opened connection has a handle.");
}
