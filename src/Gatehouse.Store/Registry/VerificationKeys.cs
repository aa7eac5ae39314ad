using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Jose;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Registry;

/// <summary>The public halves of all signing keys, announced and retired ones too: what is served as JWK set and verified with.</summary>
public sealed class VerificationKeys(StoreDatabase database)
{
    private IReadOnlyList<EcPublicKey> _current = [];

    /// <summary>Raised after the set was replaced.</summary>
    public event Action? Changed;

    public IReadOnlyList<EcPublicKey> Current => Volatile.Read(ref _current);

    /// <summary>Keeps a verifier's keys those of this node, from now on.</summary>
    public AccessTokenVerifier Follow(AccessTokenVerifier verifier)
    {
        // Subscribe first: keys that arrive in between are set twice rather than missed.
        Changed += () => verifier.SetKeys(Current);
        verifier.SetKeys(Current);
        return verifier;
    }

    public async Task ReloadAsync(CancellationToken cancellation)
    {
        await using var db = database.Open();
        var rows = await db.SigningKeys.AsNoTracking().OrderByDescending(row => row.CreatedAt)
            .Select(row => new { row.X, row.Y }).ToListAsync(cancellation);
        Volatile.Write(ref _current, [.. rows.Select(row => EcPublicKey.From(row.X, row.Y))]);
        Changed?.Invoke();
    }
}
