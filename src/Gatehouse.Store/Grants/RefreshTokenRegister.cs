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

    public static bool LooksLikeOne(string text) => text.StartsWith(Prefix, StringComparison.Ordinal) && text.Length <= MaxLength;

    /// <summary>The token with its grant, used or not; null when it is unknown, has expired, or its grant has ended.</summary>
    public async Task<RefreshToken?> FindAsync(string text, CancellationToken cancellation)
    {
        if (!LooksLikeOne(text)) return null;
        var (key, now) = (KeyOf(text), clock.GetUtcNow());
        await using var db = database.Open();
        return await db.RefreshTokens.AsNoTracking().Include(row => row.Grant).SingleOrDefaultAsync(
            row => row.Key == key && row.ExpiresAt > now && row.Grant!.EndedAt == null && row.Grant.ExpiresAt > now, cancellation);
    }

    /// <summary>Moves the idle lifetime of a token that is not rotated.</summary>
    public async Task TouchAsync(RefreshToken token, CancellationToken cancellation)
    {
        var expiresAt = lifetimes.IdleEnd(token.Grant!.ExpiresAt, clock.GetUtcNow());
        if (expiresAt - token.ExpiresAt < IdleStep) return;
        await using var db = database.Open();
        await db.RefreshTokens.Where(row => row.Key == token.Key).ExecuteUpdateAsync(set => set.SetProperty(row => row.ExpiresAt, expiresAt), cancellation);
    }

    /// <summary>
    /// Replaces the token by a successor. One that was used before ends the grant, because two hold it now; except the retry of a lost answer,
    /// which gets a fresh successor in place of the one that nobody has seen used.
    /// </summary>
    public async Task<Redeemed> RotateAsync(string text, CancellationToken cancellation)
    {
        var outcome = await database.WinAsync<Redeemed>(async db =>
        {
            var (key, now) = (KeyOf(text), clock.GetUtcNow());
            var grant = await db.RefreshTokens.Where(row => row.Key == key && row.Grant!.EndedAt == null).Select(row => row.Grant).SingleOrDefaultAsync(cancellation);
            if (grant is null) return new Redeemed(IsWon: false);
            var (successor, successorText) = Add(db, grant, lifetimes, now);
            if (await TryUseAsync(db, key, now, cancellation) || await TrySupersedeAsync(db, key, now, cancellation))
            {
                await db.RefreshTokens.Where(row => row.Key == key).ExecuteUpdateAsync(set => set.SetProperty(row => row.Successor, successor.Key), cancellation);
                return new Redeemed(IsWon: true, successorText);
            }
            db.RefreshTokens.Remove(successor);
            await GrantRegister.EndAsync(db, grant.Id, now, cancellation);
            return new Redeemed(IsWon: false);
        }, cancellation);
        return outcome.Value ?? throw new DbUpdateException(outcome.Message);
    }

    internal static (RefreshToken Row, string Text) Add(GatehouseDb db, Grant grant, GrantLifetimes lifetimes, DateTimeOffset now)
    {
        var text = Prefix + HandleRegister.NewValue();
        var row = new RefreshToken { Key = KeyOf(text), GrantId = grant.Id, CreatedAt = now, ExpiresAt = lifetimes.IdleEnd(grant.ExpiresAt, now) };
        db.RefreshTokens.Add(row);
        return (row, text);
    }

    private static async Task<bool> TryUseAsync(GatehouseDb db, byte[] key, DateTimeOffset now, CancellationToken cancellation) =>
        await db.RefreshTokens.Where(row => row.Key == key && row.UsedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.UsedAt, now), cancellation) == 1;

    // The successor that got lost counts as used: whoever comes with it later is somebody else. When another retry was quicker, it has put a
    // successor of its own in that place, and this one looks again.
    private static async Task<bool> TrySupersedeAsync(GatehouseDb db, byte[] key, DateTimeOffset now, CancellationToken cancellation)
    {
        byte[]? seen = null;
        while (true)
        {
            var row = await db.RefreshTokens.AsNoTracking().SingleAsync(token => token.Key == key, cancellation);
            if (now - row.UsedAt > RetryWindow || row.Successor is not { } lost || (seen is not null && lost.AsSpan().SequenceEqual(seen))) return false;
            if (await TryUseAsync(db, lost, now, cancellation)) return true;
            seen = lost;
        }
    }

    private static byte[] KeyOf(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
