using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Store.Secrets;

/// <summary>
/// The 256-bit key outside the database under which everything secret in the database lies. Each use has a key of its own (HKDF, RFC 5869),
/// so that a value sealed for one purpose opens for no other.
/// </summary>
public sealed class KeyEncryptionKey
{
    public const int Length = 32;

    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly byte[] _key;

    public KeyEncryptionKey(ReadOnlySpan<byte> key)
    {
        if (key.Length != Length) throw new ArgumentException($"A key-encryption key has {Length} bytes.", nameof(key));
        _key = key.ToArray();
    }

    public static KeyEncryptionKey Generate(out byte[] key)
    {
        key = RandomNumberGenerator.GetBytes(Length);
        return new KeyEncryptionKey(key);
    }

    /// <summary>A key for one purpose.</summary>
    public byte[] Derive(string purpose) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, _key, Length, info: Encoding.UTF8.GetBytes("gatehouse/" + purpose));

    /// <summary>Encrypts with AES-256-GCM; <paramref name="context"/> (an id) must be given again to open: a value cannot be moved to another row.</summary>
    public byte[] Seal(string purpose, string context, ReadOnlySpan<byte> plaintext)
    {
        var sealedBytes = new byte[NonceLength + TagLength + plaintext.Length];
        var nonce = sealedBytes.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(Derive(purpose), TagLength);
        aes.Encrypt(nonce, plaintext, sealedBytes.AsSpan(NonceLength + TagLength), sealedBytes.AsSpan(NonceLength, TagLength),
            Encoding.UTF8.GetBytes(context));
        return sealedBytes;
    }

    /// <exception cref="CryptographicException">Another key, purpose or context sealed it, or it was changed.</exception>
    public byte[] Open(string purpose, string context, ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < NonceLength + TagLength) throw new CryptographicException("The sealed value is too short.");
        var plaintext = new byte[sealedBytes.Length - NonceLength - TagLength];
        using var aes = new AesGcm(Derive(purpose), TagLength);
        aes.Decrypt(sealedBytes[..NonceLength], sealedBytes[(NonceLength + TagLength)..], sealedBytes.Slice(NonceLength, TagLength), plaintext,
            Encoding.UTF8.GetBytes(context));
        return plaintext;
    }

    public override string ToString() => "[key-encryption key]";
}
