using System.Buffers.Text;
using Gatehouse.Protocol.Jose;

namespace Gatehouse.AuthServer.Issuing;

/// <summary>Signs every JWT that this server states something with (RFC 7515 §7.1): the only user of the signing keys.</summary>
public sealed class JwtSigner(SigningKeys keys)
{
    /// <summary>The algorithms it signs with.</summary>
    public static IReadOnlyList<string> Algorithms => SigningAlgorithms.All;

    /// <summary>Signs with the usual algorithm.</summary>
    /// <param name="type">The <c>typ</c>: what kind of statement it is, so that one is never taken for another (RFC 8725 §3.11).</param>
    /// <param name="payload">The claims as JSON.</param>
    /// <returns>The compact serialization, as ASCII bytes.</returns>
    public byte[] Sign(string type, ReadOnlySpan<byte> payload) => Sign(keys.Active, type, payload);

    /// <summary>Signs with the algorithm that its reader wants.</summary>
    public async ValueTask<byte[]> SignAsync(string type, ReadOnlyMemory<byte> payload, string algorithm, CancellationToken cancellation) =>
        Sign(await keys.FindAsync(algorithm, cancellation), type, payload.Span);

    private static byte[] Sign(SigningKey key, string type, ReadOnlySpan<byte> payload)
    {
        var header = key.HeaderFor(type);
        var token = new byte[header.Length + Base64Url.GetEncodedLength(payload.Length) + Base64Url.GetEncodedLength(key.SignatureLength) + 1];
        header.CopyTo(token);
        var length = header.Length;
        length += Base64Url.EncodeToUtf8(payload, token.AsSpan(length));
        Span<byte> signature = stackalloc byte[key.SignatureLength];
        key.Sign(token.AsSpan(0, length), signature);
        token[length++] = (byte)'.';
        Base64Url.EncodeToUtf8(signature, token.AsSpan(length));
        return token;
    }
}
