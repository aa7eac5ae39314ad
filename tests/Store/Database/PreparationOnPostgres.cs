using Gatehouse.Store.Database;
using Gatehouse.Tests.Store.Fixture;
using Npgsql;

namespace Gatehouse.Tests.Store.Database;

public sealed class PreparationOnPostgres() : PreparationTests(StoreProvider.PostgreSql)
{
    [Theory]
    [InlineData("Host=127.0.0.1;Port=1;Username=nobody;Password=not-shown;Timeout=5", "cannot be reached")]
    [InlineData("Host=no-such-host.invalid;Username=nobody;Password=not-shown;Timeout=5", "cannot be reached")]
    [InlineData("Hast=127.0.0.1;Password=not-shown", "connection string cannot be read")]
    public async Task An_unreachable_server_is_told_in_one_line_without_the_password(string connectionString, string sentence)
    {
        var refusal = await RefusalOfAsync(StoreOptions.PostgreSql(connectionString));
        Assert.Contains(sentence, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("not-shown", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_database_is_told()
    {
        var refusal = await RefusalOfAsync(With(text => text.Database = "nowhere"));
        Assert.Contains("database does not exist", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_user_is_told()
    {
        var refusal = await RefusalOfAsync(With(text => text.Username = "nobody"));
        Assert.Contains("refuses the user or password", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_who_may_not_create_tables_is_told()
    {
        var empty = await CreateOptionsAsync(migrated: false);
        await ExecuteAsync(empty, "CREATE ROLE guest LOGIN");
        var refusal = await RefusalOfAsync(With(text => text.Username = "guest", empty));
        Assert.Contains("may not create tables", refusal.Message, StringComparison.Ordinal);
    }

    // pg_dump writes a key of its own around each dump.
    private protected override async Task<string> FingerprintAsync(StoreOptions options) =>
        string.Join('\n', (await (await FixtureAsync<PostgresServer>()).DumpAsync(options)).Split('\n').Where(line => !line.StartsWith('\\') || line == "\\."));

    private static Task<StoreUnusableException> RefusalOfAsync(StoreOptions options) =>
        Assert.ThrowsAsync<StoreUnusableException>(() => new StoreDatabase(options).PrepareAsync(TestStore.Key));

    private StoreOptions With(Action<NpgsqlConnectionStringBuilder> change, StoreOptions? options = null)
    {
        var text = new NpgsqlConnectionStringBuilder((options ?? Store.Options).ConnectionString) { Pooling = false };
        change(text);
        return StoreOptions.PostgreSql(text.ConnectionString);
    }
}
