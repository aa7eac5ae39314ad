using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Changes;

/// <summary>
/// A reader's place in the change feed. Rows of transactions that commit out of order are never skipped, and a row is delivered as soon as it
/// is visible: on PostgreSQL every row whose transaction may still have been running at the last look is looked for again, and those already
/// delivered are left out.
/// </summary>
public sealed class ChangeTail(StoreDatabase database)
{
    /// <summary>How long change rows are kept. A reader that was away longer finds a gap and reloads everything.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromHours(24);

    private readonly HashSet<long> _delivered = [];

    // SQLite: the last position read; it has one writer, so positions are commit order.
    // PostgreSQL: the oldest transaction that was still running at the last look.
    private long _settled = -1;

    // Up to where rows had been removed at the last look: only a later removal can have taken a row that was not read.
    private long _pruned;

    /// <summary>Takes the present end of the feed as this reader's place.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        _settled = -1;
        _delivered.Clear();
        await ReadAsync(cancellation);
    }

    /// <summary>The rows that became visible since the last look.</summary>
    /// <returns>Null when rows were removed before they could be read: the reader must forget everything it remembers.</returns>
    public async Task<IReadOnlyList<Change>?> ReadAsync(CancellationToken cancellation)
    {
        await using var connection = await database.ConnectAsync(cancellation);
        return connection.IsSqlite ? await ReadSqliteAsync(connection, cancellation) : await ReadPostgresAsync(connection, cancellation);
    }

    private async Task<IReadOnlyList<Change>?> ReadSqliteAsync(StoreConnection connection, CancellationToken cancellation)
    {
        var first = _settled < 0;
        if (first)
        {
            // The feed may hold no rows because all were removed: positions go on after the last that was given.
            var last = await connection.FindAsync("""SELECT COALESCE(MAX("Position"), 0) FROM "Changes" """, row => row.Number(0), cancellation);
            _settled = Math.Max(last, await ReadPrunedAsync(connection, cancellation));
            return [];
        }
        // Read the rows first: rows pruned after that were in the answer.
        var rows = await connection.ListAsync(
            """SELECT "Position", "Kind", "Subject", "At" FROM "Changes" WHERE "Position" > @0 ORDER BY "Position" """,
            row => new Change { Position = row.Number(0), Kind = row.Name<ChangeKind>(1), Subject = row.Text(2), At = row.Instant(3) }, cancellation, _settled);
        var pruned = await ReadPrunedAsync(connection, cancellation);
        var gap = pruned > _settled;
        _settled = Math.Max(rows.Count > 0 ? rows[^1].Position : _settled, pruned); // Past the gap: it is told once.
        return gap ? null : rows;
    }

    private async Task<IReadOnlyList<Change>?> ReadPostgresAsync(StoreConnection connection, CancellationToken cancellation)
    {
        var first = _settled < 0;
        // One statement, one snapshot: the rows and the horizon belong together.
        var from = first ? long.MaxValue : _settled;
        var seen = await connection.ListAsync(
            """
            SELECT horizon.xmin, c."Position", c."Kind", c."Subject", c."At", c."TransactionId"
            FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xmin) AS horizon
            LEFT JOIN "Changes" AS c ON c."TransactionId" >= @0 OR (@1 AND c."TransactionId" >= horizon.xmin)
            ORDER BY c."Position"
            """,
            row => row.IsNull(1) ? new SeenChange(row.Number(0), null, null, null, null, null)
                : new SeenChange(row.Number(0), row.Number(1), row.Text(2), row.Text(3), row.Number(4), row.Number(5)),
            cancellation, from, first);
        var pruned = await ReadPrunedAsync(connection, cancellation);
        var fresh = seen.Where(row => row.Position is { } position && !_delivered.Contains(position)).ToList();
        // A horizon that went back: the database was restored from a backup under the running node.
        var gap = !first && ((pruned >= _settled && pruned != _pruned) || seen[0].Horizon < _settled || fresh.Any(row => !row.IsKnown));
        (_settled, _pruned) = (seen[0].Horizon, pruned);
        _delivered.Clear();
        _delivered.UnionWith(seen.Where(row => row.TransactionId >= _settled).Select(row => row.Position!.Value));
        return first ? [] : gap ? null : [.. fresh.Select(row => row.ToChange())];
    }

    /// <summary>Removes rows older than <see cref="Retention"/> and remembers up to where.</summary>
    public async Task PruneAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var oldest = now - Retention;
        if (!await database.HasAsync("""SELECT 1 FROM "Changes" WHERE "At" < @0 ORDER BY "At" LIMIT 1""", cancellation, oldest)) return;
        // One snapshot from look to removal, and nodes that remove at the same time after each other: the mark never moves back.
        await database.WriteAsync<Setting>(async db =>
        {
            var old = db.Changes.Where(row => row.At < oldest);
            var upTo = db is SqliteGatehouseDb
                ? await old.MaxAsync(row => (long?)row.Position, cancellation)
                : await old.MaxAsync(row => (long?)EF.Property<long>(row, "TransactionId"), cancellation);
            if (upTo is null) return Outcome<Setting>.NotFound("row that old");
            var setting = await db.Settings.SingleOrDefaultAsync(row => row.Name == Pruned, cancellation);
            if (setting is null) db.Settings.Add(setting = new Setting { Name = Pruned, Value = BitConverter.GetBytes(0L) });
            setting.Value = BitConverter.GetBytes(Math.Max(BitConverter.ToInt64(setting.Value), upTo.Value));
            await old.ExecuteDeleteAsync(cancellation);
            return setting;
        }, cancellation);
    }

    private const string Pruned = "changes-pruned";

    private static async Task<long> ReadPrunedAsync(StoreConnection connection, CancellationToken cancellation) =>
        await connection.FindAsync("""SELECT "Value" FROM "Settings" WHERE "Name" = @0""", row => row.Bytes(0), cancellation, Pruned) is { } value
            ? BitConverter.ToInt64(value)
            : 0;

    private sealed record SeenChange(long Horizon, long? Position, string? Kind, string? Subject, long? At, long? TransactionId)
    {
        /// <summary>False for a row that a newer Gatehouse wrote beside this one: what it asks for can only be met by reloading.</summary>
        public bool IsKnown => Kind is null || Enum.IsDefined(typeof(ChangeKind), Kind);

        public Change ToChange() => new()
        {
            Position = Position!.Value,
            Kind = Enum.Parse<ChangeKind>(Kind!),
            Subject = Subject!,
            At = DateTimeOffset.FromUnixTimeMilliseconds(At!.Value),
        };
    }
}
