using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Store.Secrets;

namespace Gatehouse.Store.Registry;

/// <summary>
/// The nonces of DPoP (RFC 9449 §8, §9): the same on every node without asking anybody, because each is a keyed hash of its two minutes. The
/// one of the two minutes before is taken too.
/// </summary>
public sealed class DpopNonces(KeyEncryptionKey key, TimeProvider clock)
{
    private const int WindowSeconds = 120;

    private readonly byte[] _key = key.Derive("dpop-nonce");

    private Cached _cached = new(-1, string.Empty);

    /// <summary>The nonce to hand out now.</summary>
    public string Current => Of(Window);

    public bool IsValid(string? nonce)
    {
        if (nonce is null) return false;
        var presented = Encoding.UTF8.GetBytes(nonce);
        return CryptographicOperations.FixedTimeEquals(presented, Encoding.UTF8.GetBytes(Of(Window)))
            || CryptographicOperations.FixedTimeEquals(presented, Encoding.UTF8.GetBytes(Make(Window - 1)));
    }

    private long Window => clock.GetUtcNow().ToUnixTimeSeconds() / WindowSeconds;

    private string Of(long window)
    {
        var cached = Volatile.Read(ref _cached);
        if (cached.Window == window) return cached.Text;
        var text = Make(window);
        Volatile.Write(ref _cached, new Cached(window, text));
        return text;
    }

    private string Make(long window)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteInt64BigEndian(bytes, window);
        return Base64Url.EncodeToString(HMACSHA256.HashData(_key, bytes).AsSpan(0, 16));
    }

    private sealed record Cached(long Window, string Text);
}
