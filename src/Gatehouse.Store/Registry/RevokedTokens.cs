using System.Collections.Concurrent;
using Gatehouse.Store.Database;

namespace Gatehouse.Store.Registry;

/// <summary>The <c>jti</c> of every access token that was revoked by itself and has not expired yet.</summary>
public sealed class RevokedTokens(StoreDatabase database, TimeProvider clock)
{
    private ConcurrentDictionary<string, DateTimeOffset> _revoked = new(StringComparer.Ordinal);

    public int Count => _revoked.Count;

    public bool Contains(string tokenId) => _revoked.ContainsKey(tokenId);

    internal async Task ReloadAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.ConnectAsync(cancellation);
        var revoked = new ConcurrentDictionary<string, DateTimeOffset>(StringComparer.Ordinal);
        // One by one: there may be a million, and a list of them beside this would be garbage at once.
        await connection.ForEachAsync(
            """SELECT "TokenId", "ExpiresAt" FROM "RevokedTokens" WHERE "ExpiresAt" > @0""",
            row => revoked[row.Text(0)] = row.Instant(1), cancellation, now);
        _revoked = revoked;
    }

    internal async Task AddAsync(IReadOnlyCollection<string> tokenIds, CancellationToken cancellation)
    {
        await using var connection = await database.ConnectAsync(cancellation);
        await connection.ForEachAsync(
            $"""SELECT "TokenId", "ExpiresAt" FROM "RevokedTokens" WHERE {connection.IsAmong("\"TokenId\"", 0)}""",
            row => _revoked[row.Text(0)] = row.Instant(1), cancellation, connection.Among(tokenIds));
    }

    /// <summary>Forgets the tokens that have expired; their rows are <see cref="Handles.ExpiredRows"/>' to delete.</summary>
    internal void Prune()
    {
        var now = clock.GetUtcNow();
        foreach (var (tokenId, expiresAt) in _revoked)
            if (expiresAt <= now) _revoked.TryRemove(tokenId, out _);
    }
}
