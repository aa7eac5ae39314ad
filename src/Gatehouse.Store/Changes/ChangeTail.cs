using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
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
        await using var db = database.Open();
        return db is SqliteGatehouseDb ? await ReadSqliteAsync(db, cancellation) : await ReadPostgresAsync(db, cancellation);
    }

    private async Task<IReadOnlyList<Change>?> ReadSqliteAsync(GatehouseDb db, CancellationToken cancellation)
    {
        var first = _settled < 0;
        if (first)
        {
            _settled = await db.Changes.MaxAsync(row => (long?)row.Position, cancellation) ?? await ReadPrunedAsync(db, cancellation);
            return [];
        }
        // Read the rows first: rows pruned after that were in the answer.
        var rows = await db.Changes.AsNoTracking().Where(row => row.Position > _settled).OrderBy(row => row.Position).ToListAsync(cancellation);
        var gap = await ReadPrunedAsync(db, cancellation) > _settled;
        if (rows.Count > 0) _settled = rows[^1].Position;
        return gap ? null : rows;
    }

    private async Task<IReadOnlyList<Change>?> ReadPostgresAsync(GatehouseDb db, CancellationToken cancellation)
    {
        var first = _settled < 0;
        // One statement, one snapshot: the rows and the horizon belong together.
        var from = first ? long.MaxValue : _settled;
        var seen = await db.Database.SqlQuery<SeenChange>($"""
            SELECT horizon.xmin AS "Horizon", c."Position", c."Kind", c."Subject", c."At", c."TransactionId"
            FROM (SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xmin) AS horizon
            LEFT JOIN "Changes" AS c ON c."TransactionId" >= {from} OR ({first} AND c."TransactionId" >= horizon.xmin)
            ORDER BY c."Position"
            """).ToListAsync(cancellation);
        var gap = !first && await ReadPrunedAsync(db, cancellation) >= _settled;
        _settled = seen[0].Horizon;
        var fresh = seen.Where(row => row.Position is { } position && !_delivered.Contains(position)).ToList();
        _delivered.Clear();
        _delivered.UnionWith(seen.Where(row => row.TransactionId >= _settled).Select(row => row.Position!.Value));
        return first ? [] : gap ? null : [.. fresh.Select(row => row.ToChange())];
    }

    /// <summary>Removes rows older than <see cref="Retention"/> and remembers up to where.</summary>
    public async Task PruneAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        await using var db = database.Open();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
        var oldest = now - Retention;
        var upTo = db is SqliteGatehouseDb
            ? await db.Changes.Where(row => row.At < oldest).MaxAsync(row => (long?)row.Position, cancellation)
            : await db.Changes.Where(row => row.At < oldest).MaxAsync(row => (long?)EF.Property<long>(row, "TransactionId"), cancellation);
        if (upTo is null) return;
        var setting = await db.Settings.SingleOrDefaultAsync(row => row.Name == Pruned, cancellation);
        if (setting is null) db.Settings.Add(setting = new Setting { Name = Pruned, Value = [] });
        setting.Value = BitConverter.GetBytes(upTo.Value);
        await db.SaveChangesAsync(cancellation);
        await db.Changes.Where(row => row.At < oldest).ExecuteDeleteAsync(cancellation);
        await transaction.CommitAsync(cancellation);
    }

    private const string Pruned = "changes-pruned";

    private static async Task<long> ReadPrunedAsync(GatehouseDb db, CancellationToken cancellation) =>
        await db.Settings.Where(row => row.Name == Pruned).Select(row => row.Value).SingleOrDefaultAsync(cancellation) is { } value
            ? BitConverter.ToInt64(value)
            : 0;

    private sealed record SeenChange(long Horizon, long? Position, string? Kind, string? Subject, long? At, long? TransactionId)
    {
        public Change ToChange() => new()
        {
            Position = Position!.Value,
            Kind = Enum.Parse<ChangeKind>(Kind!),
            Subject = Subject!,
            At = DateTimeOffset.FromUnixTimeMilliseconds(At!.Value),
        };
    }
}
