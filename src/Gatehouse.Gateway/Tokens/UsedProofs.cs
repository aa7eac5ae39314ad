using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Protocol.Dpop;

namespace Gatehouse.Gateway.Tokens;

/// <summary>What came of claiming the one use of a proof.</summary>
public enum ProofClaim
{
    Fresh,
    Used,

    /// <summary>Nothing more can be remembered at the moment.</summary>
    NoRoom,
}

/// <summary>
/// The proofs that this node has taken, each for as long as it would be good (RFC 9449 §11.1). Two sets by time: what was claimed stays for one
/// to two lifetimes of a proof. When a set is full, further proofs are refused: forgetting one early would make it good again.
/// </summary>
/// <param name="clock">Tells how old a set is.</param>
/// <param name="capacity">The most proofs in one lifetime. Default: 1,000,000, which is 14,000 calls a second; about 32 bytes each.</param>
public sealed class UsedProofs(TimeProvider clock, int capacity = 1_000_000)
{
    /// <summary>How long a proof may be good, so how long it takes at most until there is room again.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(DpopProof.MaxAgeSeconds + DpopProof.MaxSkewSeconds + 1);

    private readonly Lock _turn = new();
    private HashSet<UInt128> _young = [];
    private HashSet<UInt128> _old = [];
    private long _youngSince = clock.GetTimestamp();

    public ProofClaim Claim(string thumbprint, string tokenId)
    {
        var key = KeyOf(thumbprint, tokenId);
        lock (_turn)
        {
            TurnOver();
            if (_young.Contains(key) || _old.Contains(key)) return ProofClaim.Used;
            if (_young.Count >= capacity) return ProofClaim.NoRoom;
            _young.Add(key);
            return ProofClaim.Fresh;
        }
    }

    private void TurnOver()
    {
        var age = clock.GetElapsedTime(_youngSince);
        if (age < Lifetime) return;
        _old = age < 2 * Lifetime ? _young : [];
        _young = [];
        _youngSince = clock.GetTimestamp();
    }

    // Half of a SHA-256: who finds two proofs with one key has wasted a proof of their own.
    private static UInt128 KeyOf(string thumbprint, string tokenId)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{thumbprint}\n{tokenId}"), hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
