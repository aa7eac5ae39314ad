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

    // By SQLite's handle and not by the pool's object, of which one follows the other.
    private static readonly ConditionalWeakTable<sqlite3, object> Told = [];

    public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData) => Tell((SqliteConnection)connection);

    public override Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        Tell((SqliteConnection)connection); // SQLite answers in the process: there is nothing to wait for.
        return Task.CompletedTask;
    }

    /// <summary>Says it to a connection that was opened, unless it was told before.</summary>
    public static void Tell(SqliteConnection connection)
    {
        var handle = connection.Handle ?? throw new InvalidOperationException("An opened connection has a handle.");
        if (Told.TryGetValue(handle, out _)) return;
        using var command = connection.CreateCommand();
        command.CommandText = Pragmas;
        command.ExecuteNonQuery();
        Told.AddOrUpdate(handle, Said);
    }
}
