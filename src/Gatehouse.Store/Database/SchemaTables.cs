using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Database;

/// <summary>What tables really are in the database.</summary>
internal static class SchemaTables
{
    public static async Task<int> CountAsync(GatehouseDb db, CancellationToken cancellation) => (await NamesAsync(db, cancellation)).Count;

    /// <summary>A table of the model that the database lacks, or null.</summary>
    public static async Task<string?> FindMissingAsync(GatehouseDb db, CancellationToken cancellation)
    {
        var there = await NamesAsync(db, cancellation);
        return db.Model.GetEntityTypes().Select(type => type.GetTableName()).FirstOrDefault(name => name is not null && !there.Contains(name));
    }

    private static async Task<HashSet<string>> NamesAsync(GatehouseDb db, CancellationToken cancellation)
    {
        var query = db is SqliteGatehouseDb
            ? "SELECT name AS \"Value\" FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '__EFMigrations%'"
            : "SELECT tablename::text AS \"Value\" FROM pg_tables WHERE schemaname = current_schema() AND tablename NOT LIKE '\\_\\_EFMigrations%'";
        var names = await db.Database.SqlQueryRaw<string>(query).ToListAsync(cancellation);
        return names.ToHashSet(StringComparer.Ordinal);
    }
}
