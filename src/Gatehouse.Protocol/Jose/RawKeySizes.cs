namespace Gatehouse.Protocol.Jose;

/// <summary>The exact bytes of a public key and of a signature, where the algorithm fixes both.</summary>
internal readonly record struct RawKeySizes(int PublicKey, int Signature)
{
    /// <returns>Null for an algorithm whose sizes the key decides.</returns>
    public static RawKeySizes? Of(string algorithm) => algorithm switch
    {
        SigningAlgorithms.EdDsa or SigningAlgorithms.Ed25519 => new(32, 64), // RFC 8032 §5.1.5, §5.1.6.
        SigningAlgorithms.MlDsa44 => new(1312, 2420), // FIPS 204, table 2.
        SigningAlgorithms.MlDsa65 => new(1952, 3309),
        SigningAlgorithms.MlDsa87 => new(2592, 4627),
        _ => null,
    };
}
