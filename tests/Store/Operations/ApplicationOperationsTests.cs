using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Tests.Store.Operations;

public sealed class ApplicationOperationsOnSqlite() : ApplicationOperationsTests(StoreProvider.Sqlite);

public sealed class ApplicationOperationsOnPostgres() : ApplicationOperationsTests(StoreProvider.PostgreSql);

/// <summary>The life of an application.</summary>
public abstract class ApplicationOperationsTests(StoreProvider provider) : StoreTests(provider)
{
    [Fact]
    public async Task Creating_writes_the_application_its_owner_its_secret_the_audit_and_the_change_together()
    {
        var owner = new PortalUser { OrganizationId = Store.Organization.Id, UserName = "ada" };
        await Store.WriteAsync(db => db.Add(owner));
        var created = TestStore.Succeed(await Store.Applications.CreateAsync(
            Store.Organization.Id, new ApplicationDraft(" Shipper ") { RedirectUris = ["https://example.com/back"] }, owner.Id, Actor.User(owner.Id)));

        var row = await Store.ReadAsync(db => db.Applications.Include(row => row.Secrets).Include(row => row.Owners).SingleAsync());
        Assert.Equal(("Shipper", created.Application.ClientId), (row.Name, row.ClientId));
        Assert.Equal(["https://example.com/back"], row.RedirectUris);
        Assert.Equal(["client_credentials"], row.GrantTypes);
        Assert.Equal(owner.Id, Assert.Single(row.Owners).UserId);
        Assert.Equal(created.SecretId, Assert.Single(row.Secrets).Id);
        Assert.Equal(["application.created"], await ActionsAsync());
        Assert.Equal([row.ClientId], await AnnouncedAsync());
    }

    [Fact]
    public async Task Deleting_takes_everything_of_the_application_with_it_and_nothing_else()
    {
        var gone = await Store.CreateApplicationAsync("Gone");
        var kept = await Store.CreateApplicationAsync("Kept");
        var owner = new PortalUser { OrganizationId = Store.Organization.Id, UserName = "ada" };
        var api = await Store.PublishAsync(Store.DraftApi());
        foreach (var application in new[] { gone.Application, kept.Application })
        {
            TestStore.Succeed(await Store.Contracts.RequestAsync(application.Id, api.Plans.Single().Id, Actor.System));
            await Store.WriteAsync(db => db.Add(new Problem { ApplicationId = application.Id, TraceId = "t", Code = "c", Cause = "Because.", At = Store.Clock.GetUtcNow() }));
        }
        await Store.WriteAsync(db => db.AddRange(owner, new ApplicationOwner { ApplicationId = gone.Application.Id, UserId = owner.Id }));
        TestStore.Succeed(await Store.Applications.DeleteAsync(gone.Application.Id, Actor.System));

        Assert.Equal(kept.Application.Id, await Store.ReadAsync(db => db.Applications.Select(row => row.Id).SingleAsync()));
        Assert.Equal(kept.Application.Id, await Store.ReadAsync(db => db.ApplicationSecrets.Select(row => row.ApplicationId).SingleAsync()));
        Assert.Equal(kept.Application.Id, await Store.ReadAsync(db => db.Contracts.Select(row => row.ApplicationId).SingleAsync()));
        Assert.Equal(kept.Application.Id, await Store.ReadAsync(db => db.Problems.Select(row => row.ApplicationId).SingleAsync()));
        Assert.False(await Store.ReadAsync(db => db.ApplicationOwners.AnyAsync()));
        Assert.Equal(owner.Id, await Store.ReadAsync(db => db.Users.Select(row => row.Id).SingleAsync()));
        Assert.Equal(gone.Application.ClientId, (await AnnouncedAsync())[^1]);
    }

    [Fact]
    public async Task Deletions_that_race_are_one_deletion_and_clean_refusals()
    {
        var id = (await Store.CreateApplicationAsync()).Application.Id;
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Store.Applications.DeleteAsync(id, Actor.System)))).WaitAsync(Deadline);

        Assert.Single(outcomes, outcome => outcome.Succeeded);
        Assert.All(outcomes.Where(outcome => !outcome.Succeeded), outcome => Assert.Equal(Refusal.NotFound, outcome.Refusal));
        Assert.Equal(1, await Store.ReadAsync(db => db.AuditEvents.CountAsync(row => row.Action == "application.deleted")));
    }

    [Fact]
    public async Task Secrets_and_contracts_that_race_with_a_deletion_fail_cleanly()
    {
        var api = await Store.PublishAsync(Store.DraftApi());
        for (var round = 0; round < 5; round++)
        {
            var id = (await Store.CreateApplicationAsync()).Application.Id;
            var deleted = Task.Run(() => Store.Applications.DeleteAsync(id, Actor.System));
            var added = Task.Run(() => Store.Secrets.AddAsync(id, "next", null, Actor.System));
            var requested = Task.Run(() => Store.Contracts.RequestAsync(id, api.Plans.Single().Id, Actor.System));

            Assert.True((await deleted.WaitAsync(Deadline)).Succeeded);
            Assert.True((await added).Refusal is Refusal.None or Refusal.NotFound);
            Assert.True((await requested).Refusal is Refusal.None or Refusal.NotFound);
        }
        Assert.False(await Store.ReadAsync(db => db.ApplicationSecrets.AnyAsync()));
        Assert.False(await Store.ReadAsync(db => db.Contracts.AnyAsync()));
    }

    [Fact]
    public async Task Retiring_can_be_taken_back_and_each_step_is_announced()
    {
        var application = (await Store.CreateApplicationAsync()).Application;
        Assert.Equal(ApplicationState.Retired, TestStore.Succeed(await Store.Applications.RetireAsync(application.Id, Actor.System)).State);
        Assert.Equal(ApplicationState.Active, TestStore.Succeed(await Store.Applications.ReactivateAsync(application.Id, Actor.System)).State);

        Assert.Equal(["application.created", "application.retired", "application.reactivated"], await ActionsAsync());
        Assert.Equal(3, (await AnnouncedAsync()).Count);
    }

    [Fact]
    public async Task Revoking_all_tokens_draws_the_line_behind_every_token_of_this_second()
    {
        var application = (await Store.CreateApplicationAsync()).Application;
        Store.Clock.Advance(TimeSpan.FromMilliseconds(400));
        var changed = TestStore.Succeed(await Store.Applications.RevokeTokensAsync(application.Id, Actor.System));
        Assert.Equal(Store.Clock.GetUtcNow().ToUnixTimeSeconds() + 2, changed.TokensNotBefore); // The second line, behind the first.
    }

    [Theory]
    [InlineData("revoke")]
    [InlineData("retire")]
    [InlineData("delete")]
    public async Task The_line_moves_forward_alone_whichever_nodes_clock_draws_it(string how)
    {
        var application = (await Store.CreateApplicationAsync()).Application;
        if (how == "delete")
            await Store.WriteAsync(db => db.Add(new DynamicRegistration { ApplicationId = application.Id, Kind = RegistrationKind.Document, Scope = string.Empty, AllowedScope = string.Empty }));
        var before = TestStore.Succeed(await Store.Applications.RevokeTokensAsync(application.Id, Actor.System)).TokensNotBefore;

        var late = new ApplicationOperations(Store.OpenElsewhere(), Store.Secrets, new FakeTimeProvider(Store.Clock.GetUtcNow() - TimeSpan.FromSeconds(5)));
        var drawn = await (how switch
        {
            "revoke" => late.RevokeTokensAsync(application.Id, Actor.System),
            "retire" => late.RetireAsync(application.Id, Actor.System),
            _ => late.DeleteAsync(application.Id, Actor.System),
        });

        Assert.True(TestStore.Succeed(drawn).TokensNotBefore > before, $"It was {before} and is {drawn.Value!.TokensNotBefore}.");
    }

    [Fact]
    public async Task Tokens_can_be_revoked_so_often_that_new_ones_are_still_taken_and_again_when_time_has_passed()
    {
        var application = (await Store.CreateApplicationAsync()).Application;
        var outcomes = new List<Outcome<Application>>();
        for (var turn = 0; turn < 20; turn++) outcomes.Add(await Store.Applications.RevokeTokensAsync(application.Id, Actor.System));

        var now = Store.Clock.GetUtcNow().ToUnixTimeSeconds();
        var line = await Store.ReadAsync(db => db.Applications.Where(row => row.Id == application.Id).Select(row => row.TokensNotBefore).SingleAsync());
        Assert.InRange(line, now + 1, now + 10); // What verifiers take.
        Assert.True(outcomes[0].Succeeded && outcomes[1].Succeeded);
        Assert.Contains("Try again in 1 s", outcomes[^1].Message, StringComparison.Ordinal);
        // Retiring is never refused.
        TestStore.Succeed(await Store.Applications.RetireAsync(application.Id, Actor.System));

        Store.Clock.Advance(TimeSpan.FromSeconds(2));
        TestStore.Succeed(await Store.Applications.RevokeTokensAsync(application.Id, Actor.System));
    }

    [Fact]
    public async Task A_URL_that_is_an_application_again_begins_behind_the_second_in_which_it_was_deleted()
    {
        var again = TestStore.Succeed(await Store.Registrations.RegisterAsync(new Registration(Store.Organization.Id, RegistrationKind.Document, new ApplicationDraft("Page"))
        {
            Scope = ScopeSet.Empty, AllowedScope = ScopeSet.Empty, MaxApplications = 10, UnusedFor = TimeSpan.FromDays(1), ClientId = "https://app.example/client",
        }));
        Assert.Equal(Store.Clock.GetUtcNow().ToUnixTimeSeconds() + 1, again.Application.TokensNotBefore);
    }

    [Fact]
    public async Task Changing_replaces_what_the_draft_names()
    {
        var application = (await Store.CreateApplicationAsync()).Application;
        TestStore.Succeed(await Store.Applications.ChangeAsync(application.Id, new ApplicationDraft("Other") { Description = "Two\nlines" }, Actor.System));

        var row = await Store.ReadAsync(db => db.Applications.SingleAsync());
        Assert.Equal(("Other", "Two\nlines", application.ClientId), (row.Name, row.Description, row.ClientId));
        Assert.Equal(Refusal.NotFound, (await Store.Applications.ChangeAsync(Guid.NewGuid(), new ApplicationDraft("Other"), Actor.System)).Refusal);
    }

    [Fact]
    public async Task A_draft_that_breaks_a_rule_is_refused_and_nothing_is_written()
    {
        Assert.Equal(Refusal.Invalid, (await Store.Applications.CreateAsync(Store.Organization.Id, new ApplicationDraft(" "), null, Actor.System)).Refusal);
        Assert.False(await Store.ReadAsync(db => db.Applications.AnyAsync()));
    }

    private Task<List<string>> ActionsAsync() => Store.ReadAsync(db => db.AuditEvents.OrderBy(row => row.Id).Select(row => row.Action).ToListAsync());

    private Task<List<string>> AnnouncedAsync() => Store.ReadAsync(db =>
        db.Changes.Where(row => row.Kind == ChangeKind.Application).OrderBy(row => row.Position).Select(row => row.Subject).ToListAsync());
}
