using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Store.Operations;

public sealed class OrganizationOnSqlite() : OrganizationTests(StoreProvider.Sqlite);

public sealed class OrganizationOnPostgres() : OrganizationTests(StoreProvider.PostgreSql);

/// <summary>What holds for a whole organization, and its people.</summary>
public abstract class OrganizationTests(StoreProvider provider) : StoreTests(provider)
{
    [Fact]
    public async Task Showing_secrets_once_erases_every_copy_of_the_organization_and_no_other()
    {
        var created = await Store.CreateApplicationAsync();
        var neighbour = new Organization { Slug = "neighbour", Name = "Neighbour" };
        await Store.WriteAsync(db => db.Add(neighbour));
        TestStore.Succeed(await Store.Applications.CreateAsync(neighbour.Id, new ApplicationDraft("Other"), ownerId: null, Actor.System));

        Assert.True(TestStore.Succeed(await ShowOnceAsync(true)).ShowSecretsOnce);
        Assert.Equal(1, await CopiesAsync()); // The neighbour's.
        var audit = await Store.ReadAsync(db => db.AuditEvents.SingleAsync(row => row.Action == "organization.show_once_on"));
        Assert.Equal("1 copies erased", audit.Detail);

        TestStore.Succeed(await ShowOnceAsync(false));
        Assert.Equal(1, await CopiesAsync()); // Nothing comes back.
        var refused = await Store.Secrets.RevealAsync(created.Application.Id, created.SecretId, Actor.System);
        Assert.Equal(Refusal.Conflict, refused.Refusal);
    }

    [Fact]
    public async Task No_copy_survives_of_a_secret_that_is_made_while_the_switch_is_turned()
    {
        var creating = Enumerable.Range(0, 12).Select(number => Task.Run(() => Store.CreateApplicationAsync($"Application {number}")));
        var turning = Task.Run(() => ShowOnceAsync(true));
        await Task.WhenAll([.. creating, turning]).WaitAsync(Deadline);

        Assert.True((await turning).Succeeded);
        Assert.Equal(12, await Store.ReadAsync(db => db.ApplicationSecrets.CountAsync()));
        Assert.Equal(0, await CopiesAsync());
    }

    [Fact]
    public async Task Of_users_with_one_address_that_race_one_is_made()
    {
        var users = new UserOperations(Store.Database, Store.Clock);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(() => users.CreateAsync(
            Store.Organization.Id, number % 2 == 0 ? "dana@example.org" : "Dana@Example.org", "Dana", PortalRole.Developer,
            UserOperations.GeneratePassword(), Actor.System)))).WaitAsync(Deadline);

        Assert.Single(outcomes, outcome => outcome.Succeeded);
        Assert.All(outcomes.Where(outcome => !outcome.Succeeded), outcome => Assert.Equal(Refusal.Conflict, outcome.Refusal));
        Assert.Equal(1, await Store.ReadAsync(db => db.Users.CountAsync()));
    }

    private Task<Outcome<Organization>> ShowOnceAsync(bool once) =>
        new OrganizationOperations(Store.Database, Store.Clock).ShowSecretsOnceAsync(Store.Organization.Id, once, Actor.System);

    private Task<int> CopiesAsync() => Store.ReadAsync(db => db.ApplicationSecrets.CountAsync(row => row.EncryptedCopy != null));
}
