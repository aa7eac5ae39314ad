using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Grants;
using Gatehouse.Store.Handles;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Sessions;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Store.Sessions;

public sealed class LogoutOutboxOnSqlite() : LogoutOutboxTests(StoreProvider.Sqlite);

public sealed class LogoutOutboxOnPostgres() : LogoutOutboxTests(StoreProvider.PostgreSql);

/// <summary>What the end of a session leaves for the authorization servers to deliver.</summary>
public abstract class LogoutOutboxTests(StoreProvider provider) : StoreTests(provider)
{
    private Guid _applicationId;
    private Guid _userId;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _applicationId = TestStore.Succeed(await Store.Applications.CreateAsync(Store.Organization.Id,
            new ApplicationDraft("Shipper") { BackchannelLogoutUri = "https://app.example/logout" }, ownerId: null, Actor.System)).Application.Id;
        _userId = TestStore.Succeed(await new UserOperations(Store.Database, Store.Clock).CreateAsync(
            Store.Organization.Id, "dana@example.org", "Dana", PortalRole.Developer, UserOperations.GeneratePassword(), Actor.System)).Id;
    }

    [Fact]
    public async Task The_end_of_a_session_leaves_one_notice_however_often_it_is_ended()
    {
        using var outbox = new LogoutOutbox(Store.Database, Store.Clock);
        var sessions = new UserSessions(Store.Database, outbox, Store.Clock);
        await BeginSessionAsync(sessions, "secret");

        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => sessions.EndAsync("secret", Cancellation)));

        Assert.Equal(1, await Store.ReadAsync(db => db.LogoutNotices.CountAsync()));
        Assert.Equal(0, await Store.ReadAsync(db => db.UserSessions.CountAsync()));
    }

    [Fact]
    public async Task Of_two_nodes_that_race_for_notices_each_is_claimed_once()
    {
        await WriteNoticesAsync(200);
        using var here = new LogoutOutbox(Store.Database, Store.Clock);
        using var there = new LogoutOutbox(Store.OpenElsewhere(), Store.Clock);
        var claimed = await Task.WhenAll(ClaimAllAsync(here), ClaimAllAsync(there));

        var ids = claimed.SelectMany(list => list).Select(notice => notice.Id).ToList();
        Assert.Equal((200, 200), (ids.Count, ids.Distinct().Count()));
    }

    [Fact]
    public async Task The_claim_of_a_node_that_died_runs_out()
    {
        await WriteNoticesAsync(1);
        using var outbox = new LogoutOutbox(Store.Database, Store.Clock);
        var first = Assert.Single(await outbox.ClaimAsync(10, [], Cancellation));
        Assert.Empty(await outbox.ClaimAsync(10, [], Cancellation));
        Store.Clock.Advance(LogoutOutbox.ClaimTime);
        var second = Assert.Single(await outbox.ClaimAsync(10, [], Cancellation));

        // Whoever comes back late does not disturb the try of the other.
        await outbox.PostponeAsync(first, Cancellation);
        Assert.Equal((1, 2), (first.Attempt, second.Attempt));
        Assert.Equal(Store.Clock.GetUtcNow() + LogoutOutbox.ClaimTime, await Store.ReadAsync(db => db.LogoutNotices.Select(row => row.DueAt).SingleAsync()));
    }

    [Fact]
    public async Task A_notice_of_an_application_that_has_enough_on_its_way_waits()
    {
        await WriteNoticesAsync(1);
        using var outbox = new LogoutOutbox(Store.Database, Store.Clock);

        Assert.Empty(await outbox.ClaimAsync(10, [_applicationId], Cancellation));
    }

    [Fact]
    public async Task The_oldest_of_too_many_sessions_ends_and_its_applications_hear_of_it()
    {
        using var outbox = new LogoutOutbox(Store.Database, Store.Clock);
        var sessions = new UserSessions(Store.Database, outbox, Store.Clock);
        await BeginSessionAsync(sessions, "secret-0");
        for (var number = 1; number <= UserSessions.MaxPerUser; number++)
        {
            Store.Clock.Advance(TimeSpan.FromSeconds(1));
            await sessions.BeginAsync(_userId, $"secret-{number}", previous: null, Cancellation);
        }

        Assert.Equal(UserSessions.MaxPerUser, await Store.ReadAsync(db => db.UserSessions.CountAsync()));
        Assert.Equal(1, await Store.ReadAsync(db => db.LogoutNotices.CountAsync()));
    }

    private static async Task<List<ClaimedNotice>> ClaimAllAsync(LogoutOutbox outbox)
    {
        var all = new List<ClaimedNotice>();
        for (var idle = 0; idle < 3;)
        {
            var some = await outbox.ClaimAsync(7, [], Cancellation);
            all.AddRange(some);
            idle = some.Count == 0 ? idle + 1 : 0;
        }
        return all;
    }

    private async Task BeginSessionAsync(UserSessions sessions, string secret)
    {
        var sid = await sessions.BeginAsync(_userId, secret, previous: null, Cancellation);
        var handles = new HandleRegister(Store.Database, Store.Clock);
        var interactions = new InteractionRegister(handles, Store.Clock);
        var handle = await interactions.BeginAsync(new AuthorizationInteraction
        {
            ApplicationId = _applicationId, OrganizationId = Store.Organization.Id, ClientId = "client", RedirectUri = "https://app.example/", ResponseMode = "query",
            Scope = "openid", CodeChallenge = "challenge", Browser = InteractionRegister.HashOf("browser"), StartedAt = Store.Clock.GetUtcNow(),
            Verdict = AuthorizationVerdict.Granted, UserId = _userId, AuthenticatedAt = Store.Clock.GetUtcNow(), SessionId = sid,
        }, Cancellation);
        TestStore.Succeed(await new ConsentRegister(Store.Database, Store.Clock).RememberAsync(
            Store.Organization.Id, _applicationId, _userId, ScopeSet.Of("openid"), AuthorizationDetails.None, Actor.System, Cancellation));
        var grants = new GrantRegister(Store.Database, handles, new GrantLifetimes(), Store.Clock);
        var code = await grants.BeginAsync((await interactions.FindAsync(handle, "browser", Cancellation))!, Cancellation);
        Assert.True((await grants.RedeemAsync((await grants.FindCodeAsync(code!, Cancellation))!, withRefreshToken: false, null, Cancellation)).IsWon);
    }

    private Task WriteNoticesAsync(int number) => Store.WriteAsync(db => db.LogoutNotices.AddRange(Enumerable.Range(0, number).Select(i => new LogoutNotice
    {
        ApplicationId = _applicationId, UserId = _userId, SessionId = $"sid-{i}", DueAt = Store.Clock.GetUtcNow(), ExpiresAt = Store.Clock.GetUtcNow() + LogoutOutbox.Lifetime,
    })));
}
