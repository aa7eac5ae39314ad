using System.Security.Cryptography;
using Gatehouse.Protocol.Jose;
using Gatehouse.Store.Model;

namespace Gatehouse.Store.Secrets;

/// <summary>Signing keys at rest. Only the authorization server and the program that composes it may touch this type; a test holds that.</summary>
public sealed class SigningKeyVault(KeyEncryptionKey key)
{
    private const string Purpose = "signing-key";

    public SigningKeyRecord Generate(SigningKeyState state, DateTimeOffset now)
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var publicKey = EcPublicKey.From(ecdsa);
        var privateKey = ecdsa.ExportPkcs8PrivateKey();
        try
        {
            return new SigningKeyRecord
            {
                Kid = publicKey.Kid, X = publicKey.X, Y = publicKey.Y, State = state, CreatedAt = now,
                EncryptedPrivateKey = key.Seal(Purpose, publicKey.Kid, privateKey),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }

    /// <exception cref="CryptographicException">The key-encryption key is not the one that sealed it.</exception>
    public ECDsa Open(SigningKeyRecord record)
    {
        var privateKey = key.Open(Purpose, record.Kid, record.EncryptedPrivateKey);
        try
        {
            var ecdsa = ECDsa.Create();
            ecdsa.ImportPkcs8PrivateKey(privateKey, out _);
            return ecdsa;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(privateKey);
        }
    }
}
