using System.Security.Cryptography;
using Gatehouse.Protocol.Jose;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Gatehouse.Store.Signatures;

/// <summary>
/// Verifies Ed25519 (RFC 8032) and ML-DSA (FIPS 204) by Bouncy Castle (ADR 0011), and ES256 with keys that verify all day by OpenSSL (ADR 0016).
/// It stands in the store because every server verifies and only the store is known to all of them. It has no state: there is one.
/// </summary>
public sealed class SignatureLibrary : ISignatureLibrary
{
    private SignatureLibrary()
    {
    }

    public static SignatureLibrary Instance { get; } = new();

    public SignatureCheck? OpenPublicKey(string algorithm, ReadOnlySpan<byte> publicKey) => algorithm switch
    {
        SigningAlgorithms.EdDsa or SigningAlgorithms.Ed25519 => OpenEd25519(publicKey),
        _ when ParametersOf(algorithm) is { } parameters => OpenMlDsa(parameters, publicKey),
        _ => null,
    };

    public SignatureCheck OpenFrequentKey(ECParameters publicKey) => new FrequentKey(publicKey, KnownPublicKey.TryCreate).Verify;

    internal static MLDsaParameters? ParametersOf(string algorithm) => algorithm switch
    {
        SigningAlgorithms.MlDsa44 => MLDsaParameters.ml_dsa_44,
        SigningAlgorithms.MlDsa65 => MLDsaParameters.ml_dsa_65,
        SigningAlgorithms.MlDsa87 => MLDsaParameters.ml_dsa_87,
        _ => null,
    };

    // The full validation refuses points that are not canonical, of small order, or outside the subgroup: with such a key one signature can
    // fit many texts. A signature whose S is not below the order is refused by the verification (RFC 8032 §5.1.7).
    private static SignatureCheck? OpenEd25519(ReadOnlySpan<byte> publicKey) =>
        Ed25519.ValidatePublicKeyFullExport(publicKey) is { } point ? (input, signature) => Ed25519.Verify(signature, point, input) : null;

    // Pure ML-DSA with an empty context (RFC 9964 §4). Any bytes of the right length are a key (FIPS 204, algorithm 23).
    private static SignatureCheck OpenMlDsa(MLDsaParameters parameters, ReadOnlySpan<byte> publicKey)
    {
        var key = MLDsaPublicKeyParameters.FromEncoding(parameters, publicKey.ToArray());
        return (input, signature) =>
        {
            var verifier = new MLDsaSigner(parameters, deterministic: false); // It holds the text in between, so it is no other thread's.
            verifier.Init(forSigning: false, key);
            verifier.BlockUpdate(input);
            return verifier.VerifySignature(signature.ToArray());
        };
    }
}
