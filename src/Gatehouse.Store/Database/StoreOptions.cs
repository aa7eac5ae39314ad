using Microsoft.Data.Sqlite;

namespace Gatehouse.Store.Database;

public enum StoreProvider
{
    Sqlite,
    PostgreSql,
}

/// <summary>Where the truth lies.</summary>
/// <param name="Provider">The kind of database.</param>
/// <param name="ConnectionString">Its connection string; for SQLite use <see cref="Sqlite"/>.</param>
public sealed record StoreOptions(StoreProvider Provider, string ConnectionString)
{
    /// <summary>The default of <see cref="RememberedApplications"/>.</summary>
    public const int UsuallyRememberedApplications = 100_000;

    /// <summary>How many applications a node keeps in memory at most, 2 or more.</summary>
    public int RememberedApplications { get; init; } = UsuallyRememberedApplications;

    /// <summary>A SQLite database in one file, created when missing.</summary>
    public static StoreOptions Sqlite(string file) => new(
        StoreProvider.Sqlite,
        new SqliteConnectionStringBuilder { DataSource = file, ForeignKeys = true, DefaultTimeout = 10 }.ConnectionString);

    /// <summary>A PostgreSQL 15 or newer database that exists.</summary>
    public static StoreOptions PostgreSql(string connectionString) => new(StoreProvider.PostgreSql, connectionString);

    /// <summary>A connection string may hold a password.</summary>
    public override string ToString() => Provider.ToString();
}
