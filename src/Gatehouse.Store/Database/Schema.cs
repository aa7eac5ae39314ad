using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Gatehouse.Store.Database;

/// <summary>How far a database is.</summary>
internal enum SchemaState
{
    Empty,
    Behind,
    Current,
}

/// <summary>What tables really are in the database, and how they are brought up to date.</summary>
internal static class Schema
{
    private const int OldestPostgres = 15;

    private const string History = "__EFMigrationsHistory";

    /// <summary>The key of the advisory lock: "gatehous" in ASCII, so that another program's is not met by chance.</summary>
    private const long MigrationLock = 0x6761_7465_686F_7573;

    /// <summary>Looks, without changing anything, whether the database is this program's to use.</summary>
    /// <exception cref="StoreUnusableException">It is newer, half-written or another program's.</exception>
    public static async Task<SchemaState> InspectAsync(StoreConnection connection, CancellationToken cancellation)
    {
        if (!connection.IsSqlite) await RefuseOldPostgresAsync(connection, cancellation);
        var tables = await NamesAsync(connection, cancellation);
        var applied = tables.Contains(History)
            ? await connection.ListAsync($"""SELECT "MigrationId" FROM "{History}" ORDER BY "MigrationId" """, row => row.Text(0), cancellation) : [];
        tables.RemoveWhere(name => name.StartsWith("__EFMigrations", StringComparison.Ordinal));
        var context = connection.IsSqlite ? typeof(SqliteGatehouseDb) : typeof(PostgresGatehouseDb);
        var known = KnownMigrations(context);
        if (applied.Except(known, StringComparer.Ordinal).FirstOrDefault() is { } newer)
        {
            throw new StoreUnusableException(
                $"The database was written by a newer Gatehouse (schema {newer}). Start that version, or restore a backup from before the upgrade.");
        }
        if (applied.Count == 0 && tables.Count > 0)
        {
            throw new StoreUnusableException(
                "The database holds tables but no Gatehouse schema: it is half-written or belongs to another program. Restore a backup, or name an empty database.");
        }
        var expected = CompiledModelOf(context).GetEntityTypes().Select(type => type.GetTableName());
        if (applied.Count == known.Count && expected.FirstOrDefault(name => name is not null && !tables.Contains(name)) is { } missing)
        {
            throw new StoreUnusableException(
                $"The database is half-written: its table {missing} is missing. Restore a backup, or name an empty database.");
        }
        return applied.Count == 0 ? SchemaState.Empty : applied.Count < known.Count ? SchemaState.Behind : SchemaState.Current;
    }

    public static async Task UpdateAsync(GatehouseDb db, CancellationToken cancellation)
    {
        if (db is not SqliteGatehouseDb)
        {
            await UpdatePostgresAsync(db, cancellation);
            return;
        }
        // EF Core guards a migration on SQLite by a row. A start that is killed leaves it behind, and every later start would wait for it for
        // ever. The lock on a file ends with its process: under it, a row that is there has no owner.
        await using var turn = new FileStream(
            db.Database.GetDbConnection().DataSource + ".migrating",
            FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        await db.Database.ExecuteSqlRawAsync("""DROP TABLE IF EXISTS "__EFMigrationsLock";""", cancellation);
        await db.Database.MigrateAsync(cancellation);
    }

    // EF Core asks what is missing before it takes its own lock: two nodes that start at once would both make the second migration. The lock
    // belongs to the session and ends with it, however it ends.
    private static async Task UpdatePostgresAsync(GatehouseDb db, CancellationToken cancellation)
    {
        await db.Database.OpenConnectionAsync(cancellation);
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_lock({MigrationLock})", cancellation);
        try
        {
            await db.Database.MigrateAsync(cancellation);
        }
        finally
        {
            await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_unlock({MigrationLock})", CancellationToken.None);
            await db.Database.CloseConnectionAsync();
        }
    }

    private static List<string> KnownMigrations(Type context) =>
        [.. context.Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Migration)) && type.GetCustomAttribute<DbContextAttribute>()?.ContextType == context)
            .Select(type => type.GetCustomAttribute<MigrationAttribute>()!.Id).Order(StringComparer.Ordinal)];

    // Not by a context, because EF Core takes a quarter of a second to make its first. EF Core too finds the model by this attribute.
    private static IModel CompiledModelOf(Type context) => context.Assembly.GetCustomAttributes<DbContextModelAttribute>()
        .SingleOrDefault(attribute => attribute.ContextType == context)?.ModelType.GetProperty("Instance")?.GetValue(null) as IModel
        ?? throw new InvalidOperationException($"There is no compiled model of {context.Name}: run eng/compile-models.sh.");

    private static async Task RefuseOldPostgresAsync(StoreConnection connection, CancellationToken cancellation)
    {
        var version = await connection.FindAsync("SELECT current_setting('server_version_num')::bigint / 10000", row => row.Number(0), cancellation);
        if (version < OldestPostgres)
            throw new StoreUnusableException($"This is PostgreSQL {version}; Gatehouse needs {OldestPostgres} or newer. Upgrade the server.");
    }

    private static async Task<HashSet<string>> NamesAsync(StoreConnection connection, CancellationToken cancellation)
    {
        var names = await connection.ListAsync(
            connection.IsSqlite
                ? "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
                : "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()",
            row => row.Text(0), cancellation);
        return names.ToHashSet(StringComparer.Ordinal);
    }
}
