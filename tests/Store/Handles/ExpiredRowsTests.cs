using System.Data.Common;
using Gatehouse.Store.Changes;
using Gatehouse.Store.Database;
using Gatehouse.Store.Handles;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Secrets;
using Gatehouse.Store.Sessions;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Store.Handles;

public sealed class ExpiredRowsOnSqlite() : ExpiredRowsTests(StoreProvider.Sqlite);

public sealed class ExpiredRowsOnPostgres() : ExpiredRowsTests(StoreProvider.PostgreSql);

/// <summary>What every node does by itself each minute.</summary>
public abstract class ExpiredRowsTests(StoreProvider provider) : StoreTests(provider)
{
    private DateTimeOffset Over => Store.Clock.GetUtcNow();

    private DateTimeOffset Good => Store.Clock.GetUtcNow().AddSeconds(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_has_expired_goes_from_every_table_and_nothing_else()
    {
        var (applicationId, userId) = await SeedOwnersAsync();
        Grant GrantOf(string session, DateTimeOffset expiresAt) =>
            new() { ApplicationId = applicationId, UserId = userId, SessionId = session, ExpiresAt = expiresAt };
        var (alone, ended, told, lasting) = (GrantOf("", Over), GrantOf("gone", Over), GrantOf("living", Over), GrantOf("", Good));
        await Store.WriteAsync(db =>
        {
            db.UserSessions.Add(new UserSession { Key = [1], UserId = userId, PublicId = "living", BegunAt = Over });
            db.UserSessions.Add(new UserSession { Key = [2], UserId = userId, PublicId = "dead", BegunAt = Over - UserSessions.AbsoluteLifetime });
            db.Grants.AddRange(alone, ended, told, lasting);
            db.RefreshTokens.Add(new RefreshToken { Key = [1], GrantId = alone.Id, ExpiresAt = Good }); // Goes with its grant.
            db.RefreshTokens.Add(new RefreshToken { Key = [2], GrantId = lasting.Id, ExpiresAt = Over });
            db.RefreshTokens.Add(new RefreshToken { Key = [3], GrantId = lasting.Id, ExpiresAt = Good });
            foreach (var expiresAt in (DateTimeOffset[])[Over, Good])
            {
                db.InitialAccessTokens.Add(new InitialAccessToken
                {
                    OrganizationId = Store.Organization.Id, Key = Guid.NewGuid().ToByteArray(), Scope = "labels.create", ExpiresAt = expiresAt,
                });
                db.LogoutNotices.Add(new LogoutNotice { ApplicationId = applicationId, UserId = userId, SessionId = "gone", ExpiresAt = expiresAt });
            }
        });

        await PruneAsync(Store.Database);

        Assert.Equal("living", (await Store.ReadAsync(db => db.UserSessions.SingleAsync())).PublicId);
        Assert.Equal(((Guid[])[told.Id, lasting.Id]).Order(), (await Store.ReadAsync(db => db.Grants.Select(row => row.Id).ToListAsync())).Order());
        Assert.Equal([3], (await Store.ReadAsync(db => db.RefreshTokens.SingleAsync())).Key);
        Assert.Equal(Good, (await Store.ReadAsync(db => db.InitialAccessTokens.SingleAsync())).ExpiresAt);
        Assert.Equal(Good, (await Store.ReadAsync(db => db.LogoutNotices.SingleAsync())).ExpiresAt);
    }

    [Fact]
    public async Task A_round_in_which_nothing_is_due_leaves_EF_Core_asleep()
    {
        var schedule = new RotationSchedule();
        await new SigningKeyRotation(Store.Database, new SigningKeyVault(TestStore.Key), schedule, Store.Clock).FindActiveAsync("ES256", Cancellation);
        var seen = new Askers();
        var node = Store.OpenElsewhere(seen);

        Assert.False(await new SigningKeyRotation(node, new SigningKeyVault(TestStore.Key), schedule, Store.Clock).StepAsync(Cancellation));
        await PruneAsync(node);
        await new ChangeTail(node).PruneAsync(Store.Clock.GetUtcNow(), Cancellation);

        Assert.True(seen.Statements >= 10, $"{seen.Statements} statements are not the whole round.");
        Assert.Equal(0, seen.Queries);
        await using var db = node.Open();
        Assert.Equal((0, 1), (await db.Handles.CountAsync(Cancellation), seen.Queries)); // It would have been seen.
    }

    private async Task<(Guid Application, Guid User)> SeedOwnersAsync()
    {
        var user = await new UserOperations(Store.Database, Store.Clock).CreateAsync(
            Store.Organization.Id, "dana@example.org", "Dana", PortalRole.Developer, UserOperations.GeneratePassword(), Actor.System);
        return ((await Store.CreateApplicationAsync()).Application.Id, TestStore.Succeed(user).Id);
    }

    private async Task PruneAsync(StoreDatabase database)
    {
        var registrations = new RegistrationOperations(database, Store.Applications, Store.Registry, Store.Clock);
        using var rows = new ExpiredRows(database, registrations, Store.Clock, NullLogger<ExpiredRows>.Instance);
        await rows.PruneAsync(Cancellation);
    }

    /// <summary>Counts commands of EF Core and statements of our own apart.</summary>
    private sealed class Askers : DbCommandInterceptor, IStatementWatch
    {
        private int _queries;
        private int _statements;

        public int Queries => Volatile.Read(ref _queries);

        public int Statements => Volatile.Read(ref _statements);

        public override DbCommand CommandInitialized(CommandEndEventData eventData, DbCommand result)
        {
            Interlocked.Increment(ref _queries);
            return result;
        }

        public ValueTask ExecutingAsync(DbCommand command)
        {
            Interlocked.Increment(ref _statements);
            return default;
        }
    }
}
