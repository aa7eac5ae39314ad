using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Gatehouse.Store.Database;

/// <summary>Lets <c>dotnet ef</c> build the SQLite model, for migrations and for the compiled one.</summary>
internal sealed class SqliteDesignTime : IDesignTimeDbContextFactory<SqliteGatehouseDb>
{
    public SqliteGatehouseDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<SqliteGatehouseDb>().UseSqlite("Data Source=:memory:").Options);
}

/// <summary>Lets <c>dotnet ef</c> build the PostgreSQL model, for migrations and for the compiled one.</summary>
internal sealed class PostgresDesignTime : IDesignTimeDbContextFactory<PostgresGatehouseDb>
{
    public PostgresGatehouseDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<PostgresGatehouseDb>().UseNpgsql("Host=127.0.0.1").Options);
}
