using System.Security.Cryptography;
using Gatehouse.Protocol.Jose;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Prng;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Security;

namespace Gatehouse.Store.Signatures;

/// <summary>
/// A private key that is a seed of 32 bytes: Ed25519 (RFC 8032 §5.1.5) or ML-DSA (FIPS 204, algorithm 6; RFC 9964 §3). Only the authorization
/// server may touch this type; a test holds that. Several threads may sign at once.
/// </summary>
public sealed class SeedKey : AsymmetricAlgorithm
{
    public const int SeedLength = 32;

    // The system's own generator, not one that the library seeds.
    private static readonly SecureRandom SystemRandom = new(new CryptoApiRandomGenerator());

    private readonly Ed25519PrivateKeyParameters? _ed;
    private readonly MLDsaPrivateKeyParameters? _mlDsa;
    private readonly MLDsaParameters? _parameters;

    private SeedKey(string algorithm, byte[] seed)
    {
        if (SignatureLibrary.ParametersOf(algorithm) is { } parameters)
            (_parameters, _mlDsa) = (parameters, MLDsaPrivateKeyParameters.FromSeed(parameters, [.. seed])); // It keeps the array, and ours is wiped.
        else _ed = new Ed25519PrivateKeyParameters(seed);
        PublicKey = _mlDsa?.GetPublicKeyEncoded() ?? _ed!.GeneratePublicKey().GetEncoded();
        SignatureLength = _parameters is null ? Ed25519PrivateKeyParameters.SignatureSize : NewSigner().GetMaxSignatureSize();
    }

    /// <summary>As JWK encodes it (RFC 8037 §2, RFC 9964 §3).</summary>
    public byte[] PublicKey { get; }

    /// <summary>Bytes of a signature.</summary>
    public int SignatureLength { get; }

    public static bool IsFor(string algorithm) =>
        algorithm is SigningAlgorithms.EdDsa or SigningAlgorithms.Ed25519 || SigningAlgorithms.IsMlDsa(algorithm);

    public static SeedKey Generate(string algorithm)
    {
        var seed = RandomNumberGenerator.GetBytes(SeedLength);
        try
        {
            return FromSeed(algorithm, seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <exception cref="CryptographicException">It is no seed.</exception>
    public static SeedKey FromSeed(string algorithm, byte[] seed) =>
        seed.Length == SeedLength && IsFor(algorithm) ? new SeedKey(algorithm, seed) : throw new CryptographicException($"A key for {algorithm} has {SeedLength} bytes.");

    public byte[] ExportSeed() => _mlDsa?.GetSeed() ?? _ed!.GetEncoded();

    /// <summary>Signs; ML-DSA hedged with fresh randomness (FIPS 204 §3.4).</summary>
    public void Sign(ReadOnlySpan<byte> input, Span<byte> signature)
    {
        if (_ed is not null)
        {
            _ed.Sign(Org.BouncyCastle.Math.EC.Rfc8032.Ed25519.Algorithm.Ed25519, null, input, signature);
            return;
        }
        var signer = NewSigner();
        signer.BlockUpdate(input);
        signer.GenerateSignature().CopyTo(signature);
    }

    public override string ToString() => "[private key]";

    private MLDsaSigner NewSigner()
    {
        var signer = new MLDsaSigner(_parameters, deterministic: false);
        signer.Init(forSigning: true, new ParametersWithRandom(_mlDsa, SystemRandom));
        return signer;
    }
}
