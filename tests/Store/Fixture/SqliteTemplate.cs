using Gatehouse.Store.Database;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.Data.Sqlite;

[assembly: AssemblyFixture(typeof(SqliteTemplate))]

namespace Gatehouse.Tests.Store.Fixture;

/// <summary>A migrated file, made once and copied for each test.</summary>
public sealed class SqliteTemplate : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gatehouse-store-");

    private string FileName => Path.Combine(_folder.FullName, "migrated.db");

    public async ValueTask InitializeAsync()
    {
        await new StoreDatabase(StoreOptions.Sqlite(FileName)).PrepareAsync(TestStore.Key);
        SqliteConnection.ClearAllPools(); // Brings the log into the file.
    }

    public void CopyTo(string file) => File.Copy(FileName, file);

    public ValueTask DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }
}
