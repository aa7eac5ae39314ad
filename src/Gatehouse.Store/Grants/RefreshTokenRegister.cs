using System.Security.Cryptography;
using System.Text;
using Gatehouse.Store.Database;
using Gatehouse.Store.Handles;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Grants;

/// <summary>Refresh tokens: opaque, hashed at rest, and bound to a grant that they cannot outlive (RFC 6749 §6, RFC 9700 §4.14).</summary>
public sealed class RefreshTokenRegister(StoreDatabase database, GrantLifetimes lifetimes, TimeProvider clock)
{
    /// <summary>The prefix lets scanners recognise a leaked one.</summary>
    public const string Prefix = "ghr_";

    /// <summary>For this long a client whose answer got lost may send the same refresh token again, while nobody used the successor.</summary>
    public static readonly TimeSpan RetryWindow = TimeSpan.FromSeconds(30);

    // An idle lifetime is moved in steps: a client that refreshes every minute is not a write per minute.
    private static readonly TimeSpan IdleStep = TimeSpan.FromHours(1);

    private const int MaxLength = 64;

    private const string FindStatement = """
        SELECT t."CreatedAt", t."ExpiresAt", t."UsedAt", t."Successor",
            g."Id", g."ApplicationId", g."UserId", g."Scope", g."Content", g."SessionId", g."AuthenticatedAt", g."CreatedAt", g."ExpiresAt"
        FROM "RefreshTokens" AS t
        JOIN "Grants" AS g ON g."Id" = t."GrantId"
        WHERE t."Key" = @0 AND t."ExpiresAt" > @1 AND g."EndedAt" IS NULL AND g."ExpiresAt" > @1
        """;

    // Of any number of callers one meets a row.
    private const string UseStatement = """
        UPDATE "RefreshTokens" SET "UsedAt" = @1, "Successor" = @2
        WHERE "Key" = @0 AND "UsedAt" IS NULL AND EXISTS (SELECT 1 FROM "Grants" AS g WHERE g."Id" = "RefreshTokens"."GrantId" AND g."EndedAt" IS NULL)
        """;

    // As GrantLifetimes.IdleEnd: it never reaches beyond the grant.
    private const string SucceedStatement = """
        INSERT INTO "RefreshTokens" ("Key", "GrantId", "CreatedAt", "ExpiresAt")
        SELECT @1, g."Id", @2, CASE WHEN @3 < g."ExpiresAt" THEN @3 ELSE g."ExpiresAt" END
        FROM "RefreshTokens" AS t
        JOIN "Grants" AS g ON g."Id" = t."GrantId"
        WHERE t."Key" = @0
        """;

    public static bool LooksLikeOne(string text) => text.StartsWith(Prefix, StringComparison.Ordinal) && text.Length <= MaxLength;

    /// <summary>The token with its grant, used or not; null when it is unknown, has expired, or its grant has ended.</summary>
    public async Task<RefreshToken?> FindAsync(string text, CancellationToken cancellation)
    {
        if (!LooksLikeOne(text)) return null;
        var key = KeyOf(text);
        await using var store = await database.ConnectAsync(cancellation);
        return await store.FindAsync(FindStatement, row => Read(key, row), cancellation, key, clock.GetUtcNow());
    }

    /// <summary>Moves the idle lifetime of a token that is not rotated.</summary>
    public async Task TouchAsync(RefreshToken token, CancellationToken cancellation)
    {
        var expiresAt = lifetimes.IdleEnd(token.Grant!.ExpiresAt, clock.GetUtcNow());
        if (expiresAt - token.ExpiresAt < IdleStep) return;
        await database.WriteByStatementAsync(store => store.ExecuteAsync(
            """UPDATE "RefreshTokens" SET "ExpiresAt" = @1 WHERE "Key" = @0""", cancellation, token.Key, expiresAt), cancellation);
    }

    /// <summary>
    /// Replaces the token by a successor. One that was used before ends the grant, because two hold it now; except the retry of a lost answer,
    /// which gets a fresh successor in place of the one that nobody has seen used.
    /// </summary>
    public async Task<Redeemed> RotateAsync(string text, CancellationToken cancellation)
    {
        var outcome = await database.WinByStatementsAsync<Redeemed>(async store =>
        {
            var (key, successorText, now) = (KeyOf(text), NewText(), clock.GetUtcNow());
            var successor = KeyOf(successorText);
            if (await TryUseAsync(store, key, successor, now, cancellation))
            {
                // The statement has seen that the grant lives: the successor gets the same.
                await SucceedAsync(store, key, successor, now, cancellation);
                return new Redeemed(IsWon: true, successorText);
            }
            if (await FindGrantAsync(store, key, cancellation) is not { } grantId) return new Redeemed(IsWon: false);
            if (await TrySupersedeAsync(store, key, now, cancellation) is not { } superseded) return new Redeemed(IsWon: false);
            if (superseded)
            {
                await store.ExecuteAsync("""UPDATE "RefreshTokens" SET "Successor" = @1 WHERE "Key" = @0""", cancellation, key, successor);
                await SucceedAsync(store, key, successor, now, cancellation);
                return new Redeemed(IsWon: true, successorText);
            }
            await GrantRegister.EndAsync(store, grantId, now, cancellation);
            return new Redeemed(IsWon: false);
        }, cancellation);
        return outcome.Value ?? throw new DbUpdateException(outcome.Message);
    }

    /// <summary>The first refresh token of a grant, as part of a larger transaction.</summary>
    internal static async Task<string> AddAsync(
        StoreConnection store, Guid grantId, DateTimeOffset now, DateTimeOffset expiresAt, CancellationToken cancellation)
    {
        var text = NewText();
        await store.ExecuteAsync(
            """INSERT INTO "RefreshTokens" ("Key", "GrantId", "CreatedAt", "ExpiresAt") VALUES (@0, @1, @2, @3)""",
            cancellation, KeyOf(text), grantId, now, expiresAt);
        return text;
    }

    private static RefreshToken Read(byte[] key, StoreRow row) => new()
    {
        Key = key, GrantId = row.Id(4), CreatedAt = row.Instant(0), ExpiresAt = row.Instant(1), UsedAt = row.InstantOrNull(2), Successor = row.BytesOrNull(3),
        Grant = new Grant
        {
            Id = row.Id(4), ApplicationId = row.Id(5), UserId = row.Id(6), Scope = row.Text(7), Content = row.Text(8), SessionId = row.Text(9),
            AuthenticatedAt = row.Instant(10), CreatedAt = row.Instant(11), ExpiresAt = row.Instant(12),
        },
    };

    private static async Task<bool> TryUseAsync(StoreConnection store, byte[] key, byte[]? successor, DateTimeOffset now, CancellationToken cancellation) =>
        await store.ExecuteAsync(UseStatement, cancellation, key, now, successor) == 1;

    private static async Task<Guid?> FindGrantAsync(StoreConnection store, byte[] key, CancellationToken cancellation) =>
        await store.FindAsync<Guid?>(
            """SELECT g."Id" FROM "RefreshTokens" AS t JOIN "Grants" AS g ON g."Id" = t."GrantId" WHERE t."Key" = @0 AND g."EndedAt" IS NULL""",
            row => row.Id(0), cancellation, key);

    // The successor that got lost counts as used: whoever comes with it later is somebody else. When another retry was quicker, it has put a
    // successor of its own in that place, and this one looks again. Null when the token has expired and was removed meanwhile: that is no theft.
    private static async Task<bool?> TrySupersedeAsync(StoreConnection store, byte[] key, DateTimeOffset now, CancellationToken cancellation)
    {
        byte[]? seen = null;
        while (true)
        {
            var found = await store.FindAsync<(DateTimeOffset? UsedAt, byte[]? Successor)?>(
                """SELECT "UsedAt", "Successor" FROM "RefreshTokens" WHERE "Key" = @0""",
                row => (row.InstantOrNull(0), row.BytesOrNull(1)), cancellation, key);
            if (found is not { UsedAt: var usedAt, Successor: var successor }) return null;
            if (now - usedAt > RetryWindow || successor is not { } lost || (seen is not null && lost.AsSpan().SequenceEqual(seen))) return false;
            if (await TryUseAsync(store, lost, successor: null, now, cancellation)) return true;
            seen = lost;
        }
    }

    private async Task SucceedAsync(StoreConnection store, byte[] key, byte[] successor, DateTimeOffset now, CancellationToken cancellation)
    {
        if (await store.ExecuteAsync(SucceedStatement, cancellation, key, successor, now, now + lifetimes.Idle) != 1)
            throw new InvalidOperationException("The successor of a refresh token was not written.");
    }

    private static string NewText() => Prefix + HandleRegister.NewValue();

    private static byte[] KeyOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
