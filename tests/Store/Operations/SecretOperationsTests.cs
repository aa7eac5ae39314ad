using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Store.Operations;

public sealed class SecretOperationsOnSqlite() : SecretOperationsTests(StoreProvider.Sqlite);

public sealed class SecretOperationsOnPostgres() : SecretOperationsTests(StoreProvider.PostgreSql);

/// <summary>Adding, showing and retiring client secrets.</summary>
public abstract class SecretOperationsTests(StoreProvider provider) : StoreTests(provider)
{
    private static readonly Actor Person = Actor.User(Guid.Parse("00000000-0000-0000-0000-000000000001"));

    [Fact]
    public async Task Two_secrets_are_usable_and_a_third_is_refused_until_one_is_retired()
    {
        var created = await Store.CreateApplicationAsync();
        Assert.True((await AddAsync(created.Application.Id)).Succeeded);
        Assert.Equal(Refusal.Conflict, (await AddAsync(created.Application.Id)).Refusal);
        TestStore.Succeed(await Store.Secrets.RetireAsync(created.Application.Id, created.SecretId, Person));

        Assert.True((await AddAsync(created.Application.Id)).Succeeded);
    }

    [Fact]
    public async Task An_expired_secret_makes_room()
    {
        var id = (await Store.CreateApplicationAsync()).Application.Id;
        TestStore.Succeed(await Store.Secrets.AddAsync(id, "short", Store.Clock.GetUtcNow().AddHours(1), Person));
        Assert.Equal(Refusal.Conflict, (await AddAsync(id)).Refusal);
        Store.Clock.Advance(TimeSpan.FromHours(1));

        Assert.True((await AddAsync(id)).Succeeded);
    }

    [Fact]
    public async Task Requests_that_race_end_with_two_secrets_and_clean_refusals()
    {
        var id = (await Store.CreateApplicationAsync()).Application.Id;
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => AddAsync(id)))).WaitAsync(Deadline);

        Assert.Single(outcomes, outcome => outcome.Succeeded);
        Assert.All(outcomes.Where(outcome => !outcome.Succeeded), outcome => Assert.Equal(Refusal.Conflict, outcome.Refusal));
        Assert.Equal(2, await Store.ReadAsync(db => db.ApplicationSecrets.CountAsync(row => row.ApplicationId == id)));
    }

    [Theory]
    [InlineData(65, "label")]
    [InlineData(-1, "label")]
    public async Task A_label_that_breaks_the_rules_is_refused(int length, string field)
    {
        var id = (await Store.CreateApplicationAsync()).Application.Id;
        var label = length < 0 ? "nul\0" : new string('a', length);
        var outcome = await Store.Secrets.AddAsync(id, label, null, Person);
        Assert.Equal((Refusal.Invalid, field), (outcome.Refusal, outcome.Field));
    }

    [Fact]
    public async Task A_secret_that_would_have_expired_already_is_refused()
    {
        var id = (await Store.CreateApplicationAsync()).Application.Id;
        var outcome = await Store.Secrets.AddAsync(id, "late", Store.Clock.GetUtcNow(), Person);
        Assert.Equal((Refusal.Invalid, "expires_at"), (outcome.Refusal, outcome.Field));
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        var mine = await Store.CreateApplicationAsync();
        var other = await Store.CreateApplicationAsync();
        Assert.Equal(Refusal.NotFound, (await AddAsync(Guid.NewGuid())).Refusal);
        Assert.Equal(Refusal.NotFound, (await Store.Secrets.RevealAsync(mine.Application.Id, other.SecretId, Person)).Refusal);
        Assert.Equal(Refusal.NotFound, (await Store.Secrets.RetireAsync(mine.Application.Id, other.SecretId, Person)).Refusal);
    }

    [Fact]
    public async Task Showing_a_secret_writes_down_who_saw_it()
    {
        var created = await Store.CreateApplicationAsync();
        var shown = TestStore.Succeed(await Store.Secrets.RevealAsync(created.Application.Id, created.SecretId, Person));

        Assert.True(shown.Secret == created.Secret);
        var audit = await Store.ReadAsync(db => db.AuditEvents.SingleAsync(row => row.Action == "secret.shown"));
        Assert.Equal((Person.Name, created.SecretId.ToString(), Store.Clock.GetUtcNow()), (audit.Actor, audit.Detail, audit.At));
    }

    [Fact]
    public async Task A_secret_is_not_shown_when_that_cannot_be_written_down()
    {
        var created = await Store.CreateApplicationAsync();
        var secrets = new SecretOperations(Store.OpenElsewhere(new FailingWrite("AuditEvents")), Store.Vault, Store.Clock);

        await Assert.ThrowsAnyAsync<Exception>(() => secrets.RevealAsync(created.Application.Id, created.SecretId, Person));
    }

    [Fact]
    public async Task Show_once_keeps_no_copy()
    {
        await ShowOnceAsync();
        var created = await Store.CreateApplicationAsync();
        var added = TestStore.Succeed(await AddAsync(created.Application.Id));

        Assert.All(await Store.ReadAsync(db => db.ApplicationSecrets.ToListAsync()), row => Assert.Null(row.EncryptedCopy));
        Assert.Equal(Refusal.Conflict, (await Store.Secrets.RevealAsync(created.Application.Id, added.Row.Id, Person)).Refusal);
    }

    [Fact]
    public async Task A_copy_from_before_the_change_to_show_once_is_not_shown()
    {
        var created = await Store.CreateApplicationAsync();
        await ShowOnceAsync();

        Assert.Equal(Refusal.Conflict, (await Store.Secrets.RevealAsync(created.Application.Id, created.SecretId, Person)).Refusal);
        Assert.Equal(0, await Store.ReadAsync(db => db.AuditEvents.CountAsync(row => row.Action == "secret.shown")));
    }

    [Fact]
    public async Task Retiring_erases_the_copy_and_keeps_the_row()
    {
        var created = await Store.CreateApplicationAsync();
        await Store.Secrets.RetireAsync(created.Application.Id, created.SecretId, Person);
        Store.Clock.Advance(TimeSpan.FromMinutes(1));
        TestStore.Succeed(await Store.Secrets.RetireAsync(created.Application.Id, created.SecretId, Person));

        var row = await Store.ReadAsync(db => db.ApplicationSecrets.SingleAsync());
        Assert.Null(row.EncryptedCopy);
        Assert.Equal(created.Application.CreatedAt, row.RetiredAt); // The first time counts.
        Assert.False(row.IsUsable(Store.Clock.GetUtcNow()));
        Assert.Equal(Refusal.Conflict, (await Store.Secrets.RevealAsync(created.Application.Id, created.SecretId, Person)).Refusal);
        Assert.Equal(1, await Store.ReadAsync(db => db.AuditEvents.CountAsync(audit => audit.Action == "secret.retired")));
    }

    private Task<Outcome<AddedSecret>> AddAsync(Guid applicationId) => Store.Secrets.AddAsync(applicationId, "next", null, Person);

    private Task<int> ShowOnceAsync() =>
        Store.ReadAsync(db => db.Organizations.ExecuteUpdateAsync(set => set.SetProperty(row => row.ShowSecretsOnce, true)));
}
