using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Store.Operations;

public sealed class RegistrationOnSqlite() : RegistrationTests(StoreProvider.Sqlite);

public sealed class RegistrationOnPostgres() : RegistrationTests(StoreProvider.PostgreSql);

/// <summary>Applications that register themselves.</summary>
public abstract class RegistrationTests(StoreProvider provider) : StoreTests(provider)
{
    private static readonly TimeSpan Unused = TimeSpan.FromDays(30);

    [Fact]
    public async Task A_token_for_one_use_is_won_once()
    {
        var api = await Store.PublishAsync(Store.DraftApi());
        var draft = new InitialAccessTokenDraft("One", [api.Plans.Single().Id], ScopeSet.Empty, 1, Store.Clock.GetUtcNow().AddDays(1));
        var token = TestStore.Succeed(await Store.InitialTokens.MakeAsync(Store.Organization.Id, draft, Actor.System)).Token;
        var target = await Store.InitialTokens.FindAsync(token);
        Assert.Equal((Store.Organization.Id, "labels.create"), (target!.OrganizationId, target.Scope.ToString()));

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RegisterAsync(RegistrationKind.InitialToken, token)));

        Assert.Single(outcomes, outcome => outcome.Succeeded);
        Assert.Equal(1, await Store.ReadAsync(db => db.Applications.CountAsync()));
        Assert.Null(await Store.InitialTokens.FindAsync(token));
    }

    [Fact]
    public async Task A_token_that_was_withdrawn_or_has_expired_is_none()
    {
        var api = await Store.PublishAsync(Store.DraftApi());
        var draft = new InitialAccessTokenDraft("Two", [api.Plans.Single().Id], ScopeSet.Empty, 2, Store.Clock.GetUtcNow().AddDays(1));
        var withdrawn = TestStore.Succeed(await Store.InitialTokens.MakeAsync(Store.Organization.Id, draft, Actor.System));
        var expiring = TestStore.Succeed(await Store.InitialTokens.MakeAsync(Store.Organization.Id, draft, Actor.System));
        TestStore.Succeed(await Store.InitialTokens.WithdrawAsync(Store.Organization.Id, withdrawn.Row.Id, Actor.System));
        Store.Clock.Advance(TimeSpan.FromDays(1));

        foreach (var token in (string[])[withdrawn.Token, expiring.Token])
        {
            Assert.Null(await Store.InitialTokens.FindAsync(token));
            Assert.Equal(Refusal.NotFound, (await RegisterAsync(RegistrationKind.InitialToken, token)).Refusal);
        }
    }

    [Fact, Requirement("7591-13")]
    public async Task What_was_neither_used_nor_approved_goes_away_and_nothing_else()
    {
        var made = await Store.CreateApplicationAsync("By a person");
        var gone = TestStore.Succeed(await RegisterAsync(RegistrationKind.Open));
        var used = TestStore.Succeed(await RegisterAsync(RegistrationKind.Open));
        var approved = TestStore.Succeed(await RegisterAsync(RegistrationKind.Pending));
        Assert.Equal(ApplicationState.Pending, approved.Application.State);
        TestStore.Succeed(await Store.Registrations.KeepAsync(used.Application.Id, CancellationToken.None));
        TestStore.Succeed(await Store.Registrations.ApproveAsync(approved.Application.Id, Actor.System));
        Assert.Equal(0, await Store.Registrations.ExpireAsync());
        Store.Clock.Advance(Unused);

        Assert.Equal(1, await Store.Registrations.ExpireAsync());

        var left = await Store.ReadAsync(db => db.Applications.Select(row => row.Id).ToListAsync());
        Assert.Equal([made.Application.Id, used.Application.Id, approved.Application.Id], left.Order());
        Assert.Equal(ApplicationState.Active, await Store.ReadAsync(db => db.Applications.Where(row => row.Id == approved.Application.Id).Select(row => row.State).SingleAsync()));
        Assert.Contains(gone.Application.ClientId, await Store.ReadAsync(db => db.Changes.Select(row => row.Subject).ToListAsync()));
    }

    [Fact]
    public async Task Its_token_opens_one_registration_alone()
    {
        var one = TestStore.Succeed(await RegisterAsync(RegistrationKind.Open));
        var two = TestStore.Succeed(await RegisterAsync(RegistrationKind.Open));
        var made = await Store.CreateApplicationAsync();

        Assert.Equal(one.Application.Id, (await Store.RegistrationUpdates.FindAsync(one.Application.ClientId, one.AccessToken!))?.Id);
        Assert.Null(await Store.RegistrationUpdates.FindAsync(two.Application.ClientId, one.AccessToken!));
        Assert.Null(await Store.RegistrationUpdates.FindAsync(made.Application.ClientId, one.AccessToken!));
        Assert.Null(await Store.RegistrationUpdates.FindAsync("nobody", one.AccessToken!));
    }

    private Task<Outcome<SelfRegistered>> RegisterAsync(RegistrationKind kind, string? token = null) =>
        Store.Registrations.RegisterAsync(new Registration(Store.Organization.Id, kind, new ApplicationDraft("Newcomer"))
        {
            Scope = ScopeSet.Empty, AllowedScope = ScopeSet.Empty, MaxApplications = 10, UnusedFor = Unused, InitialToken = token,
        });
}
