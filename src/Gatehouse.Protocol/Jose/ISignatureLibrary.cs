namespace Gatehouse.Protocol.Jose;

/// <summary>True when the signature is that of the key the check was made for. Several threads may call it at once.</summary>
public delegate bool SignatureCheck(ReadOnlySpan<byte> input, ReadOnlySpan<byte> signature);

/// <summary>
/// What the base class library lacks: Ed25519 (RFC 8032), and ML-DSA (FIPS 204) on most platforms. Whoever has a library for them gives it to
/// what reads keys; without one, keys of these algorithms are passed over.
/// </summary>
public interface ISignatureLibrary
{
    /// <param name="algorithm">A name of RFC 8037, RFC 9864 or RFC 9964.</param>
    /// <param name="publicKey">The key as its RFC encodes it, of the right length.</param>
    /// <returns>The check; null when the bytes are no key that may be trusted.</returns>
    SignatureCheck? OpenPublicKey(string algorithm, ReadOnlySpan<byte> publicKey);
}
