using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Handles;

/// <summary>
/// Opaque values and values that may come once. Each use is one statement of the database, which two nodes cannot both win.
/// </summary>
public sealed class HandleRegister(StoreDatabase database, TimeProvider clock)
{
    /// <summary>Hands out a new value of 256 random bits that stands for the content.</summary>
    public async Task<string> IssueAsync(HandleKind kind, string content, DateTimeOffset expiresAt, CancellationToken cancellation = default)
    {
        var value = NewValue();
        await PutAsync(kind, value, content, expiresAt, cancellation);
        return value;
    }

    /// <summary>Keeps the content under a value that the caller made.</summary>
    public async Task PutAsync(HandleKind kind, string value, string content, DateTimeOffset expiresAt, CancellationToken cancellation = default)
    {
        using var turn = await database.WaitForTurnAsync(cancellation);
        await using var db = database.Open();
        db.Handles.Add(new Handle { Key = KeyOf(kind, value), Content = content, ExpiresAt = expiresAt });
        await db.SaveChangesAsync(cancellation);
    }

    /// <summary>What a value stands for, used or not; null when it is unknown or expired.</summary>
    public async Task<Handle?> FindAsync(HandleKind kind, string value, CancellationToken cancellation = default)
    {
        var (key, now) = (KeyOf(kind, value), clock.GetUtcNow());
        await using var db = database.Open();
        return await db.Handles.AsNoTracking().SingleOrDefaultAsync(row => row.Key == key && row.ExpiresAt > now, cancellation);
    }

    /// <summary>Replaces what an unused value stands for, when that still is what the caller saw.</summary>
    public async Task<bool> TryReplaceAsync(HandleKind kind, string value, string seen, string content, CancellationToken cancellation = default)
    {
        using var turn = await database.WaitForTurnAsync(cancellation);
        await using var db = database.Open();
        return await TryReplaceAsync(db, kind, value, seen, content, clock.GetUtcNow(), cancellation);
    }

    /// <summary>As above, as part of a larger transaction.</summary>
    internal static async Task<bool> TryReplaceAsync(
        GatehouseDb db, HandleKind kind, string value, string seen, string content, DateTimeOffset now, CancellationToken cancellation)
    {
        var key = KeyOf(kind, value);
        return await db.Handles.Where(row => row.Key == key && row.UsedAt == null && row.ExpiresAt > now && row.Content == seen)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Content, content), cancellation) == 1;
    }

    /// <summary>Uses a value that was handed out. Of any number of callers exactly one gets true.</summary>
    public async Task<bool> TryUseAsync(HandleKind kind, string value, CancellationToken cancellation = default)
    {
        using var turn = await database.WaitForTurnAsync(cancellation);
        await using var db = database.Open();
        return await TryUseAsync(db, kind, value, clock.GetUtcNow(), cancellation);
    }

    /// <summary>As above, as part of a larger transaction.</summary>
    internal static async Task<bool> TryUseAsync(GatehouseDb db, HandleKind kind, string value, DateTimeOffset now, CancellationToken cancellation)
    {
        var key = KeyOf(kind, value);
        return await db.Handles.Where(row => row.Key == key && row.UsedAt == null && row.ExpiresAt > now)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.UsedAt, now), cancellation) == 1;
    }

    /// <summary>Uses a value that somebody else made, such as a <c>jti</c>. Of any number of callers exactly one gets true.</summary>
    /// <param name="kind">What the value is.</param>
    /// <param name="value">The value, with whatever makes it unique among all of its kind.</param>
    /// <param name="expiresAt">Until when it must be remembered.</param>
    public async Task<bool> TryClaimAsync(HandleKind kind, string value, DateTimeOffset expiresAt, CancellationToken cancellation = default)
    {
        var (key, until, now) = (KeyOf(kind, value), expiresAt.ToUnixTimeMilliseconds(), clock.GetUtcNow().ToUnixTimeMilliseconds());
        using var turn = await database.WaitForTurnAsync(cancellation);
        await using var db = database.Open();
        return await db.Database.ExecuteSqlAsync(
            $"""INSERT INTO "Handles" ("Key", "Content", "ExpiresAt", "UsedAt") VALUES ({key}, '', {until}, {now}) ON CONFLICT DO NOTHING""",
            cancellation) == 1;
    }

    internal static string NewValue() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    // The kind is part of what is hashed: a value of one kind is never found as another.
    internal static byte[] KeyOf(HandleKind kind, string value) => SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\n{value}"));
}

/// <summary>What a value is. The names are part of the stored hashes and never change.</summary>
public enum HandleKind
{
    /// <summary>The <c>jti</c> of a client assertion, after the <c>client_id</c>.</summary>
    ClientAssertion,

    /// <summary>An authorization request on its way through sign-in and consent.</summary>
    Interaction,

    /// <summary>An authorization code.</summary>
    AuthorizationCode,

    /// <summary>A pushed authorization request.</summary>
    PushedRequest,

    /// <summary>The <c>jti</c> of a DPoP proof, after the thumbprint of its key.</summary>
    DpopProof,

    /// <summary>A reference access token.</summary>
    ReferenceToken,

    /// <summary>A device code.</summary>
    DeviceCode,

    /// <summary>The user code of a device.</summary>
    UserCode,

    /// <summary>A request to sign the user out, on its way through the portal.</summary>
    LogoutRequest,
}
