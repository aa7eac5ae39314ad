using System.Buffers.Text;
using System.Text;

namespace Gatehouse.AuthServer.Issuing;

/// <summary>Signs every JWT that this server states something with (RFC 7515 §7.1): the only user of the signing key.</summary>
public sealed class JwtSigner(SigningKeys keys)
{
    private const int SignatureLength = 64;

    /// <summary>The algorithms it signs with.</summary>
    public static IReadOnlyList<string> Algorithms { get; } = ["ES256"];

    /// <param name="type">The <c>typ</c>: what kind of statement it is, so that one is never taken for another (RFC 8725 §3.11).</param>
    /// <param name="payload">The claims as JSON.</param>
    /// <returns>The compact serialization, as ASCII bytes.</returns>
    public byte[] Sign(string type, ReadOnlySpan<byte> payload)
    {
        var key = keys.Active;
        var header = Encoding.ASCII.GetBytes($$"""{"alg":"ES256","typ":"{{type}}","kid":"{{key.Kid}}"}""");
        var token = new byte[Base64Url.GetEncodedLength(header.Length) + Base64Url.GetEncodedLength(payload.Length)
            + Base64Url.GetEncodedLength(SignatureLength) + 2];
        var length = Base64Url.EncodeToUtf8(header, token);
        token[length++] = (byte)'.';
        length += Base64Url.EncodeToUtf8(payload, token.AsSpan(length));
        Span<byte> signature = stackalloc byte[SignatureLength];
        key.Sign(token.AsSpan(0, length), signature);
        token[length++] = (byte)'.';
        Base64Url.EncodeToUtf8(signature, token.AsSpan(length));
        return token;
    }
}
