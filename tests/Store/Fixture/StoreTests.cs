using Gatehouse.Store.Database;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Gatehouse.Tests.Store.Fixture;

/// <summary>Gives each test a migrated database of its own, of the kind that the derived class names.</summary>
public abstract class StoreTests(StoreProvider provider) : IAsyncLifetime
{
    /// <summary>How long a test waits for what must come: a failure is an exception then, not a run that never ends.</summary>
    protected static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly Lazy<DirectoryInfo> _folder = new(() => Directory.CreateTempSubdirectory("gatehouse-store-"));
    private readonly List<StoreOptions> _made = [];
    private TestStore? _store;

    private protected TestStore Store => _store!;

    public virtual async ValueTask InitializeAsync() => _store = await TestStore.OpenAsync(await CreateOptionsAsync(migrated: true));

    /// <summary>Whether these tests leave schema and connections as they found them.</summary>
    private protected virtual bool LeavesNoTrace => true;

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        var isReusable = provider == StoreProvider.PostgreSql && LeavesNoTrace && TestContext.Current.TestState?.Result == TestResult.Passed;
        foreach (var options in _made)
        {
            if (isReusable && options == _store?.Options) await (await FixtureAsync<PostgresServer>()).GiveBackAsync(options);
            else ClearPool(options);
        }
        if (_folder.IsValueCreated) _folder.Value.Delete(recursive: true);
    }

    /// <summary>A database of this kind, empty or migrated.</summary>
    private protected async Task<StoreOptions> CreateOptionsAsync(bool migrated)
    {
        var options = provider == StoreProvider.PostgreSql
            ? await (await FixtureAsync<PostgresServer>()).CreateDatabaseAsync(migrated)
            : StoreOptions.Sqlite(FileOf($"{Guid.NewGuid():N}.db"));
        if (migrated && provider == StoreProvider.Sqlite) (await FixtureAsync<SqliteTemplate>()).CopyTo(new SqliteConnectionStringBuilder(options.ConnectionString).DataSource);
        _made.Add(options);
        return options;
    }

    /// <summary>Closes the idle connections to one database; those of tests that run beside this one stay.</summary>
    private protected static void ClearPool(StoreOptions options)
    {
        if (options.Provider == StoreProvider.Sqlite)
        {
            using var connection = new SqliteConnection(options.ConnectionString);
            SqliteConnection.ClearPool(connection);
        }
        else
        {
            using var connection = new NpgsqlConnection(options.ConnectionString);
            NpgsqlConnection.ClearPool(connection);
        }
    }

    private protected static async Task<T> FixtureAsync<T>()
        where T : class => (T)(await TestContext.Current.GetFixture(typeof(T)))!;

    /// <summary>A path in this test's folder.</summary>
    private protected string FileOf(string name) => Path.Combine(_folder.Value.FullName, name);
}
