using System.Security.Cryptography;
using System.Text;
using Gatehouse.Protocol.Vocabulary;

namespace Gatehouse.Store.Secrets;

/// <summary>
/// Client secrets at rest: a keyed SHA-256 to verify with, and a sealed copy to show again. A fast hash is right because a secret is 256
/// random bits: there is nothing to guess, and a slow hash would only slow every token.
/// </summary>
public sealed class ClientSecretVault(KeyEncryptionKey key)
{
    private const string CopyPurpose = "client-secret-copy";

    private readonly byte[] _verificationKey = key.Derive("client-secret-verification");

    /// <summary>Computes the 32 bytes that are stored for, and compared with, a presented secret.</summary>
    public void ComputeVerifier(string presented, Span<byte> verifier)
    {
        Span<byte> utf8 = stackalloc byte[Encoding.UTF8.GetMaxByteCount(ClientSecret.MaxLength)];
        var length = presented.Length <= ClientSecret.MaxLength ? Encoding.UTF8.GetBytes(presented, utf8) : 0;
        HMACSHA256.HashData(_verificationKey, utf8[..length], verifier);
        CryptographicOperations.ZeroMemory(utf8);
    }

    public byte[] ComputeVerifier(ClientSecret secret)
    {
        var verifier = new byte[HMACSHA256.HashSizeInBytes];
        ComputeVerifier(secret.Reveal(), verifier);
        return verifier;
    }

    public byte[] SealCopy(Guid secretId, ClientSecret secret) =>
        key.Seal(CopyPurpose, secretId.ToString("N"), Encoding.UTF8.GetBytes(secret.Reveal()));

    public ClientSecret OpenCopy(Guid secretId, byte[] sealedCopy) =>
        new(Encoding.UTF8.GetString(key.Open(CopyPurpose, secretId.ToString("N"), sealedCopy)));
}
