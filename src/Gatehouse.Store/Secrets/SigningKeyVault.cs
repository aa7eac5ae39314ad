using System.Security.Cryptography;
using Gatehouse.Protocol.Jose;
using Gatehouse.Store.Model;
using Gatehouse.Store.Signatures;

namespace Gatehouse.Store.Secrets;

/// <summary>Signing keys at rest. Only the authorization server and the program that composes it may touch this type; a test holds that.</summary>
public sealed class SigningKeyVault(KeyEncryptionKey key)
{
    private const string Purpose = "signing-key";
    private const int RsaBits = 3072; // 128 bits of strength, as P-256 has (NIST SP 800-57, part 1, table 2).

    public SigningKeyRecord Generate(SigningKeyState state, DateTimeOffset now, string algorithm = SigningAlgorithms.Default)
    {
        using AsymmetricAlgorithm pair = algorithm == SigningAlgorithms.Default ? ECDsa.Create(ECCurve.NamedCurves.nistP256)
            : SeedKey.IsFor(algorithm) ? SeedKey.Generate(algorithm) : RSA.Create(RsaBits);
        var (kid, json) = pair switch
        {
            ECDsa ec => PublicJwkText.Of(ec),
            SeedKey seed => PublicJwkText.Of(algorithm, seed.PublicKey, SignatureLibrary.Instance),
            _ => PublicJwkText.Of((RSA)pair, algorithm),
        };
        var privateKey = pair is SeedKey made ? made.ExportSeed() : pair.ExportPkcs8PrivateKey();
        try
        {
            return new SigningKeyRecord
            {
                Kid = kid, Algorithm = algorithm, PublicKey = json, State = state, CreatedAt = now, ChangedAt = now,
                EncryptedPrivateKey = key.Seal(Purpose, kid, privateKey),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }

    /// <returns>An <see cref="ECDsa"/>, an <see cref="RSA"/> or a <see cref="SeedKey"/>, as the algorithm of the record asks.</returns>
    /// <exception cref="CryptographicException">The key-encryption key is not the one that sealed it.</exception>
    public AsymmetricAlgorithm Open(SigningKeyRecord record)
    {
        var privateKey = key.Open(Purpose, record.Kid, record.EncryptedPrivateKey);
        try
        {
            if (SeedKey.IsFor(record.Algorithm)) return SeedKey.FromSeed(record.Algorithm, privateKey);
            AsymmetricAlgorithm pair = record.Algorithm == SigningAlgorithms.Default ? ECDsa.Create() : RSA.Create();
            pair.ImportPkcs8PrivateKey(privateKey, out _);
            return pair;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }
}
