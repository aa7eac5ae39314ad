using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Grants;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Sessions;

/// <summary>
/// Begins and ends the sessions of people. Whoever signs out is signed out of the applications as well: in one transaction with the end of
/// the session, each application that can be told gets a notice, and what it obtained for the time of the session ends.
/// </summary>
public sealed class UserSessions(StoreDatabase database, LogoutOutbox outbox, TimeProvider clock)
{
    /// <summary>The most sessions of one person; the oldest ends when another begins.</summary>
    public const int MaxPerUser = 20;

    /// <summary>The longest time without giving the password, however busy the session is.</summary>
    public static readonly TimeSpan AbsoluteLifetime = TimeSpan.FromDays(7);

    private const int PublicIdBytes = 16;
    private const int ExpiredAtOnce = 50;

    /// <summary>Begins a session in the place of the one that the browser had.</summary>
    /// <param name="userId">Who signed in.</param>
    /// <param name="secret">The new secret in the cookie.</param>
    /// <param name="previous">The secret of the session before; null when there was none.</param>
    /// <returns>The public id: that of the session before when it was the same person's, so that its applications are told of the end.</returns>
    public async Task<string> BeginAsync(Guid userId, string secret, string? previous, CancellationToken cancellation)
    {
        var outcome = await database.WinAsync<UserSession>(async db =>
        {
            var now = clock.GetUtcNow();
            var publicId = previous is null ? null : await ReplaceAsync(db, userId, KeyOf(previous), now, cancellation);
            await PruneAsync(db, userId, now, cancellation);
            var session = new UserSession
            {
                Key = KeyOf(secret), UserId = userId, BegunAt = now,
                PublicId = publicId ?? Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(PublicIdBytes)),
            };
            db.UserSessions.Add(session);
            return session;
        }, cancellation);
        outbox.Ring();
        return outcome.Value?.PublicId ?? throw new DbUpdateException(outcome.Message);
    }

    /// <summary>Ends a session for good; of any number of callers one tells the applications.</summary>
    public async Task EndAsync(string secret, CancellationToken cancellation)
    {
        var outcome = await database.WinAsync<object>(async db =>
        {
            await EndAsync(db, KeyOf(secret), clock.GetUtcNow(), cancellation);
            return db;
        }, cancellation);
        if (!outcome.Succeeded) throw new DbUpdateException(outcome.Message);
        outbox.Ring();
    }

    /// <summary>Ends some of the sessions past their longest time, as their people would have by signing out.</summary>
    /// <returns>How many; the outbox finds the notices at its next round.</returns>
    internal static async Task<int> ExpireAsync(StoreDatabase database, DateTimeOffset now, CancellationToken cancellation)
    {
        var dead = now - AbsoluteLifetime;
        if (!await database.HasAsync("""SELECT 1 FROM "UserSessions" WHERE "BegunAt" <= @0 ORDER BY "BegunAt" LIMIT 1""", cancellation, dead)) return 0;
        var outcome = await database.WinAsync<List<byte[]>>(async db =>
        {
            var expired = await db.UserSessions.AsNoTracking().Where(row => row.BegunAt <= dead).OrderBy(row => row.BegunAt).Take(ExpiredAtOnce)
                .Select(row => row.Key).ToListAsync(cancellation);
            foreach (var key in expired) await EndAsync(db, key, now, cancellation);
            return expired;
        }, cancellation);
        return outcome.Value?.Count ?? 0;
    }

    /// <summary>What is kept of the secret.</summary>
    public static byte[] KeyOf(string secret) => SHA256.HashData(Encoding.ASCII.GetBytes(secret));

    /// <summary>
    /// Whether a session with this public id lives: by a statement on its row and not by a look, so that whoever ends it at this moment waits for
    /// the end of this transaction and sees what it left.
    /// </summary>
    internal static async Task<bool> HoldsAsync(StoreConnection store, Guid userId, string publicId, CancellationToken cancellation) =>
        await store.ExecuteAsync(
            """UPDATE "UserSessions" SET "BegunAt" = "BegunAt" WHERE "UserId" = @0 AND "PublicId" = @1""", cancellation, userId, publicId) > 0;

    private static async Task<string?> ReplaceAsync(GatehouseDb db, Guid userId, byte[] key, DateTimeOffset now, CancellationToken cancellation)
    {
        var before = await db.UserSessions.AsNoTracking().SingleOrDefaultAsync(row => row.Key == key, cancellation);
        if (before?.UserId != userId)
        {
            await EndAsync(db, key, now, cancellation); // Somebody else signs in here: whoever was signed in is signed out.
            return null;
        }
        return await db.UserSessions.Where(row => row.Key == key).ExecuteDeleteAsync(cancellation) == 1 ? before.PublicId : null;
    }

    private static async Task PruneAsync(GatehouseDb db, Guid userId, DateTimeOffset now, CancellationToken cancellation)
    {
        var dead = now - AbsoluteLifetime;
        var expired = await db.UserSessions.AsNoTracking().Where(row => row.UserId == userId && row.BegunAt <= dead).Select(row => row.Key).ToListAsync(cancellation);
        foreach (var key in expired) await EndAsync(db, key, now, cancellation);
        var tooMany = await db.UserSessions.AsNoTracking().Where(row => row.UserId == userId)
            .OrderByDescending(row => row.BegunAt).Skip(MaxPerUser - 1).Select(row => row.Key).ToListAsync(cancellation);
        foreach (var key in tooMany) await EndAsync(db, key, now, cancellation);
    }

    private static async Task EndAsync(GatehouseDb db, byte[] key, DateTimeOffset now, CancellationToken cancellation)
    {
        var session = await db.UserSessions.AsNoTracking().SingleOrDefaultAsync(row => row.Key == key, cancellation);
        if (session is null || await db.UserSessions.Where(row => row.Key == key).ExecuteDeleteAsync(cancellation) != 1) return;
        // First the codes that nobody has redeemed: a redeemer waits for this and finds the grant ended, or was quicker and is seen below.
        await db.Grants.Where(row => row.SessionId == session.PublicId && row.Content == string.Empty && row.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.EndedAt, now), cancellation);
        var begun = await db.Grants.AsNoTracking().Where(row => row.SessionId == session.PublicId && row.Content != string.Empty)
            .Select(row => new { row.Id, row.ApplicationId, row.Scope }).ToListAsync(cancellation);
        var signedIn = begun.Where(grant => ScopeSet.TryParse(grant.Scope, out var scope) && scope.Contains(IdentityScope.OpenId)).ToList();
        await LogoutOutbox.AddAsync(db, session, [.. signedIn.Select(grant => grant.ApplicationId).Distinct()], now, cancellation);
        foreach (var grant in signedIn.Where(grant => !grant.Scope.Split(' ').Contains(IdentityScope.OfflineAccess, StringComparer.Ordinal)))
            await GrantRegister.EndAsync(StoreConnection.Within(db), grant.Id, now, cancellation); // Back-Channel Logout §2.7.
    }
}
