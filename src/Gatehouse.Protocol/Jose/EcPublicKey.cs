using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Protocol.Jose;

/// <summary>A P-256 public key as JWK (RFC 7517, RFC 7518 §6.2.1); its <c>kid</c> is its thumbprint (RFC 7638).</summary>
public sealed class EcPublicKey
{
    private const int CoordinateLength = 32;

    private EcPublicKey(byte[] x, byte[] y)
    {
        (X, Y) = (Base64Url.EncodeToString(x), Base64Url.EncodeToString(y));
        Parameters = new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } };
        // RFC 7638 §3.2: the required members in lexicographic order, without blanks.
        var canonical = $$"""{"crv":"P-256","kty":"EC","x":"{{X}}","y":"{{Y}}"}""";
        Kid = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(canonical)));
    }

    public string X { get; }

    public string Y { get; }

    public string Kid { get; }

    public ECParameters Parameters { get; }

    public static EcPublicKey From(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return new EcPublicKey(point.X!, point.Y!);
    }

    /// <exception cref="FormatException">The coordinates are not 32 bytes of base64url each.</exception>
    public static EcPublicKey From(string x, string y) =>
        StrictBase64Url.TryDecode(x, out var xBytes) && xBytes.Length == CoordinateLength
        && StrictBase64Url.TryDecode(y, out var yBytes) && yBytes.Length == CoordinateLength
            ? new EcPublicKey(xBytes, yBytes)
            : throw new FormatException("A P-256 coordinate must be 32 bytes in base64url.");

    /// <summary>Writes the key as a member of a JWK set (RFC 7517 §5).</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("kty", "EC");
        json.WriteString("crv", "P-256");
        json.WriteString("x", X);
        json.WriteString("y", Y);
        json.WriteString("use", "sig");
        json.WriteString("alg", "ES256");
        json.WriteString("kid", Kid);
        json.WriteEndObject();
    }
}
