using System.Security.Cryptography;

namespace Gatehouse.Store.Signatures;

/// <summary>
/// A P-256 key that may have very many signatures to verify. .NET verifies the first ones; a table for the rest (ADR 0016) is made beside that,
/// because it takes 21 ms, which no start and no caller shall wait for.
/// </summary>
/// <param name="key">The key.</param>
/// <param name="makeTable">Makes the table; null: this machine has none.</param>
internal sealed class FrequentKey(ECParameters key, Func<ECParameters, KnownPublicKey?> makeTable)
{
    /// <summary>How many signatures make a key worth its table: what they take by .NET is a third of what the table takes.</summary>
    public const int Often = 100;

    private readonly ECDsa _key = ECDsa.Create(key);
    private int _seen;
    private KnownPublicKey? _known;

    /// <summary>Whether the table is in use; set when as many signatures as that were seen. False where this machine has none.</summary>
    public Task<bool>? Preparation { get; private set; }

    public bool Verify(ReadOnlySpan<byte> input, ReadOnlySpan<byte> signature)
    {
        if (Volatile.Read(ref _known) is { } known) return known.Verify(input, signature);
        // Compared first: it shall not run over, where there never is a table.
        if (Volatile.Read(ref _seen) < Often && Interlocked.Increment(ref _seen) == Often) BeginPreparing();
        return _key.VerifyData(input, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private void BeginPreparing()
    {
        using var _ = ExecutionContext.SuppressFlow(); // What the request carries with it ends with the request.
        Preparation = Task.Run(() =>
        {
            Volatile.Write(ref _known, makeTable(key));
            return _known is not null;
        });
    }
}
