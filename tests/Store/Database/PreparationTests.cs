using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Secrets;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Gatehouse.Tests.Store.Database;

/// <summary>What a start does to a database: bring it up to date, or refuse it in one line and leave it as it was.</summary>
public abstract class PreparationTests(StoreProvider provider) : StoreTests(provider)
{
    [Fact]
    public async Task An_empty_database_gets_the_whole_schema_and_opens_again()
    {
        var options = await CreateOptionsAsync(migrated: false);
        await new StoreDatabase(options).PrepareAsync(TestStore.Key);

        var store = await TestStore.OpenAsync(options);
        var created = await store.CreateApplicationAsync();
        await new StoreDatabase(options).PrepareAsync(TestStore.Key);

        Assert.Equal(created.Application.ClientId, await store.ReadAsync(db => db.Applications.Select(row => row.ClientId).SingleAsync()));
    }

    [Fact]
    public async Task A_database_of_every_older_schema_is_brought_up_to_date_with_what_is_in_it()
    {
        var api = await Store.PublishAsync(Store.DraftApi());
        await using (var db = Store.OpenElsewhere().Open())
            await db.GetService<IMigrator>().MigrateAsync(db.Database.GetMigrations().First(), TestContext.Current.CancellationToken);

        await new StoreDatabase(Store.Options).PrepareAsync(TestStore.Key);

        var kept = await Store.ReadAsync(db => db.Apis.SingleAsync());
        Assert.Equal((api.Id, "Labels"), (kept.Id, kept.Name));
        Assert.Empty(kept.ResourceServers);
    }

    [Fact]
    public async Task Nodes_that_start_at_once_on_an_empty_database_all_start()
    {
        var options = await CreateOptionsAsync(migrated: false);
        var starts = Enumerable.Range(0, options.Provider == StoreProvider.PostgreSql ? 3 : 1)
            .Select(_ => new StoreDatabase(options).PrepareAsync(TestStore.Key));

        await Task.WhenAll(starts).WaitAsync(Deadline);
    }

    [Fact]
    public async Task A_newer_schema_is_refused()
    {
        await ExecuteAsync("""INSERT INTO "__EFMigrationsHistory" ("MigrationId", "ProductVersion") VALUES ('29990101000000_Future', '99.0')""");
        await AssertRefusedAsync("newer Gatehouse (schema 29990101000000_Future)");
    }

    [Fact]
    public async Task A_missing_table_is_named()
    {
        await ExecuteAsync("""DROP TABLE "Problems" """);
        await AssertRefusedAsync("half-written: its table Problems is missing");
    }

    [Fact]
    public async Task Tables_without_a_history_are_refused()
    {
        await ExecuteAsync("""DROP TABLE "__EFMigrationsHistory" """);
        await AssertRefusedAsync("holds tables but no Gatehouse schema");
    }

    [Fact]
    public async Task Another_programs_database_is_refused_and_left_alone()
    {
        var options = await CreateOptionsAsync(migrated: false);
        await ExecuteAsync(options, "CREATE TABLE somebody_else (id integer)");

        await AssertRefusedAsync(options, TestStore.Key, "belongs to another program");
    }

    [Fact]
    public async Task Another_key_encryption_key_is_refused()
    {
        await Store.CreateApplicationAsync();
        await AssertRefusedAsync(Store.Options, KeyEncryptionKey.Generate(out _), "key-encryption key is not the one");
    }

    [Fact]
    public async Task Sealed_values_without_a_key_proof_are_refused()
    {
        await Store.CreateApplicationAsync();
        await Store.ReadAsync(db => db.Settings.ExecuteDeleteAsync());

        await AssertRefusedAsync("its key proof is missing");
    }

    [Fact]
    public async Task A_change_that_is_refused_half_way_leaves_nothing_behind()
    {
        var application = (await Store.CreateApplicationAsync()).Application;
        var duplicate = new Application { OrganizationId = Store.Organization.Id, ClientId = application.ClientId, Name = "Twin" };

        await Assert.ThrowsAsync<DbUpdateException>(() => Store.WriteAsync(db =>
        {
            db.Organizations.Add(new Organization { Slug = "second", Name = "Second" });
            db.Applications.Add(duplicate);
        }));
        Assert.Equal(1, await Store.ReadAsync(db => db.Organizations.CountAsync()));
    }

    private protected override bool LeavesNoTrace => false;

    private protected Task AssertRefusedAsync(string sentence) => AssertRefusedAsync(Store.Options, TestStore.Key, sentence);

    private protected async Task AssertRefusedAsync(StoreOptions options, KeyEncryptionKey key, string sentence)
    {
        var before = await FingerprintAsync(options);
        var refusal = await Assert.ThrowsAsync<StoreUnusableException>(() => new StoreDatabase(options).PrepareAsync(key).WaitAsync(Deadline));
        Assert.Contains(sentence, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        Assert.Equal(before, await FingerprintAsync(options));
    }

    /// <summary>All that the database holds, in a form that can be compared.</summary>
    private protected abstract Task<string> FingerprintAsync(StoreOptions options);

    private protected Task ExecuteAsync(string sql) => ExecuteAsync(Store.Options, sql);

    private protected virtual async Task ExecuteAsync(StoreOptions options, string sql)
    {
        await using var db = new StoreDatabase(options).Open();
        await db.Database.ExecuteSqlRawAsync(sql);
    }
}
