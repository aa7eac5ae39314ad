using Gatehouse.Store.Database;
using Npgsql;

namespace Gatehouse.Tests.Store.Fixture;

/// <summary>Gives each test a migrated database of its own, of the kind that the derived class names.</summary>
public abstract class StoreTests(StoreProvider provider) : IAsyncLifetime
{
    /// <summary>How long a test waits for what must come: a failure is an exception then, not a run that never ends.</summary>
    protected static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Lazy<DirectoryInfo> _folder = new(() => Directory.CreateTempSubdirectory("gatehouse-store-"));
    private TestStore? _store;

    private protected TestStore Store => _store!;

    public virtual async ValueTask InitializeAsync() => _store = await TestStore.OpenAsync(await CreateOptionsAsync(migrated: true));

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_store is { Options.Provider: StoreProvider.PostgreSql } store)
        {
            using var connection = new NpgsqlConnection(store.Options.ConnectionString);
            NpgsqlConnection.ClearPool(connection); // The server's connections are for all tests.
        }
        else
        {
            Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        }
        if (_folder.IsValueCreated) _folder.Value.Delete(recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>A database of this kind, empty or migrated.</summary>
    private protected async Task<StoreOptions> CreateOptionsAsync(bool migrated)
    {
        if (provider == StoreProvider.PostgreSql) return await (await FixtureAsync<PostgresServer>()).CreateDatabaseAsync(migrated);
        var file = FileOf($"{Guid.NewGuid():N}.db");
        if (migrated) (await FixtureAsync<SqliteTemplate>()).CopyTo(file);
        return StoreOptions.Sqlite(file);
    }

    private protected static async Task<T> FixtureAsync<T>()
        where T : class => (T)(await TestContext.Current.GetFixture(typeof(T)))!;

    /// <summary>A path in this test's folder.</summary>
    private protected string FileOf(string name) => Path.Combine(_folder.Value.FullName, name);
}
