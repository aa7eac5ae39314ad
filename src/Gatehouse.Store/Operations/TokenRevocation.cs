using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Operations;

/// <summary>Revokes one access token by its <c>jti</c>: one row until the token would have expired anyway.</summary>
public sealed class TokenRevocation(StoreDatabase database, TimeProvider clock)
{
    /// <param name="tokenId">The <c>jti</c>.</param>
    /// <param name="expiresAt">The token's <c>exp</c>; unknown: the longest lifetime from now.</param>
    public async Task<Outcome<RevokedToken>> RevokeAsync(
        Guid organizationId, string tokenId, DateTimeOffset? expiresAt, Actor actor, CancellationToken cancellation = default)
    {
        if (tokenId.Length is 0 or > 128 || tokenId.Any(char.IsControl)) return Outcome<RevokedToken>.Invalid("jti", "Give the token's jti, 1 to 128 characters.");
        var now = clock.GetUtcNow();
        var latest = now.AddSeconds(Plan.DefaultTokenLifetimeSeconds + 60);
        var until = expiresAt is { } given && given < latest ? given : latest;
        return await database.WriteAsync<RevokedToken>(async db =>
        {
            var row = await db.RevokedTokens.SingleOrDefaultAsync(token => token.TokenId == tokenId, cancellation);
            if (row is not null && row.ExpiresAt >= until) return row;
            if (row is null) db.RevokedTokens.Add(row = new RevokedToken { TokenId = tokenId });
            row.ExpiresAt = until; // Never earlier than before: a revoked token must not come back.
            db.Audit(now, actor, organizationId, "token.revoked", tokenId);
            db.Announce(now, ChangeKind.RevokedToken, tokenId);
            return row;
        }, cancellation);
    }
}
