using System.Security.Cryptography;

namespace Gatehouse.Protocol.Jose;

/// <summary>True when the signature is that of the key the check was made for. Several threads may call it at once.</summary>
public delegate bool SignatureCheck(ReadOnlySpan<byte> input, ReadOnlySpan<byte> signature);

/// <summary>
/// What the base class library lacks: Ed25519 (RFC 8032), ML-DSA (FIPS 204) on most platforms, and a faster check for keys that verify all day.
/// Whoever has a library for them gives it to what reads keys; without one, keys of these algorithms are passed over.
/// </summary>
public interface ISignatureLibrary
{
    /// <param name="algorithm">A name of RFC 8037, RFC 9864 or RFC 9964.</param>
    /// <param name="publicKey">The key as its RFC encodes it, of the right length.</param>
    /// <returns>The check; null when the bytes are no key that may be trusted.</returns>
    SignatureCheck? OpenPublicKey(string algorithm, ReadOnlySpan<byte> publicKey);

    /// <param name="publicKey">A key of P-256 that will have very many signatures to verify.</param>
    /// <returns>The check of its ES256 signatures: it answers as the base class library does, and sooner where it can.</returns>
    SignatureCheck OpenFrequentKey(ECParameters publicKey);
}
