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

    /// <summary>Keeps the content under a value that the caller made and nobody else can have.</summary>
    public async Task PutAsync(HandleKind kind, string value, string content, DateTimeOffset expiresAt, CancellationToken cancellation = default)
    {
        if (!await TryPutAsync(kind, value, content, expiresAt, cancellation)) throw new DbUpdateException("The value stands for something else.");
    }

    /// <summary>Keeps the content under a value that the caller made; false when it stands for something already.</summary>
    public Task<bool> TryPutAsync(HandleKind kind, string value, string content, DateTimeOffset expiresAt, CancellationToken cancellation = default) =>
        database.WriteByStatementAsync(store => TryPutAsync(store, kind, value, content, expiresAt, cancellation), cancellation);

    /// <summary>As above, as part of a larger transaction.</summary>
    internal static async Task<bool> TryPutAsync(
        StoreConnection store, HandleKind kind, string value, string content, DateTimeOffset expiresAt, CancellationToken cancellation) =>
        await store.ExecuteAsync(
            """INSERT INTO "Handles" ("Key", "Content", "ExpiresAt") VALUES (@0, @1, @2) ON CONFLICT DO NOTHING""",
            cancellation, KeyOf(kind, value), content, expiresAt) == 1;

    /// <summary>What a value stands for, used or not; null when it is unknown or expired.</summary>
    public async Task<Handle?> FindAsync(HandleKind kind, string value, CancellationToken cancellation = default)
    {
        var key = KeyOf(kind, value);
        await using var store = await database.ConnectAsync(cancellation);
        return await store.FindAsync(
            """SELECT "Content", "ExpiresAt", "UsedAt" FROM "Handles" WHERE "Key" = @0 AND "ExpiresAt" > @1""",
            row => new Handle { Key = key, Content = row.Text(0), ExpiresAt = row.Instant(1), UsedAt = row.InstantOrNull(2) },
            cancellation, key, clock.GetUtcNow());
    }

    /// <summary>Replaces what an unused value stands for, when that still is what the caller saw.</summary>
    public Task<bool> TryReplaceAsync(HandleKind kind, string value, string seen, string content, CancellationToken cancellation = default) =>
        database.WriteByStatementAsync(store => TryReplaceAsync(store, kind, value, seen, content, clock.GetUtcNow(), cancellation), cancellation);

    /// <summary>As above, as part of a larger transaction.</summary>
    internal static async Task<bool> TryReplaceAsync(
        StoreConnection store, HandleKind kind, string value, string seen, string content, DateTimeOffset now, CancellationToken cancellation) =>
        await store.ExecuteAsync(
            """UPDATE "Handles" SET "Content" = @3 WHERE "Key" = @0 AND "UsedAt" IS NULL AND "ExpiresAt" > @1 AND "Content" = @2""",
            cancellation, KeyOf(kind, value), now, seen, content) == 1;

    /// <summary>Uses a value that was handed out. Of any number of callers exactly one gets true.</summary>
    public Task<bool> TryUseAsync(HandleKind kind, string value, CancellationToken cancellation = default) =>
        database.WriteByStatementAsync(store => TryUseAsync(store, kind, value, clock.GetUtcNow(), cancellation), cancellation);

    /// <summary>As above, as part of a larger transaction.</summary>
    internal static async Task<bool> TryUseAsync(StoreConnection store, HandleKind kind, string value, DateTimeOffset now, CancellationToken cancellation) =>
        await store.ExecuteAsync(
            """UPDATE "Handles" SET "UsedAt" = @1 WHERE "Key" = @0 AND "UsedAt" IS NULL AND "ExpiresAt" > @1""",
            cancellation, KeyOf(kind, value), now) == 1;

    /// <summary>As above, when what it stands for still is what the caller saw. It may have expired since.</summary>
    internal static async Task<bool> TryUseAsync(
        StoreConnection store, HandleKind kind, string value, string seen, DateTimeOffset now, CancellationToken cancellation) =>
        await store.ExecuteAsync(
            """UPDATE "Handles" SET "UsedAt" = @1 WHERE "Key" = @0 AND "UsedAt" IS NULL AND "Content" = @2""",
            cancellation, KeyOf(kind, value), now, seen) == 1;

    /// <summary>Uses a value that somebody else made, such as a <c>jti</c>. Of any number of callers exactly one gets true.</summary>
    /// <param name="kind">What the value is.</param>
    /// <param name="value">The value, with whatever makes it unique among all of its kind.</param>
    /// <param name="expiresAt">Until when it must be remembered.</param>
    /// <exception cref="TimeoutException">Its turn came after that moment: it may have been claimed and forgotten.</exception>
    public Task<bool> TryClaimAsync(HandleKind kind, string value, DateTimeOffset expiresAt, CancellationToken cancellation = default) =>
        database.WriteByStatementAsync(async store =>
        {
            var now = clock.GetUtcNow(); // When it is done, which may be long after it was asked.
            if (expiresAt <= now) throw new TimeoutException("The turn to write came too late.");
            return await store.ExecuteAsync(
                """INSERT INTO "Handles" ("Key", "Content", "ExpiresAt", "UsedAt") VALUES (@0, '', @1, @2) ON CONFLICT DO NOTHING""",
                cancellation, KeyOf(kind, value), expiresAt, now) == 1;
        }, cancellation);

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
