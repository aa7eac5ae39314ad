using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Protocol.Jose;

/// <summary>
/// A public key that somebody else signs with (RFC 7517 §4): P-256, P-384 and P-521 for ES256, ES384 and ES512, RSA of 2048 to 4096 bits for
/// PS* and RS*. The key says which algorithms it takes; a header can only name one of them (RFC 8725 §3.1).
/// </summary>
public sealed class PublicJwk
{
    private const int MinRsaBits = 2048;
    private const int MaxRsaBits = 4096; // Whoever sends a key must not choose how long we work on it.

    private readonly ECDsa? _ec;
    private readonly RSA? _rsa;

    private PublicJwk(string? kid, IReadOnlyList<string> algorithms, ECDsa? ec, RSA? rsa, string canonical)
    {
        (Kid, Algorithms, _ec, _rsa) = (kid, algorithms, ec, rsa);
        Thumbprint = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(canonical)));
    }

    /// <summary>Every algorithm that some key can take.</summary>
    public static IReadOnlyList<string> AllAlgorithms { get; } = ["ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512"];

    public string? Kid { get; }

    public IReadOnlyList<string> Algorithms { get; }

    /// <summary>The SHA-256 of its required members (RFC 7638 §3).</summary>
    public string Thumbprint { get; }

    /// <summary>The members that make a key private or symmetric (RFC 7518 §6.2.2, §6.3.2, §6.4.1).</summary>
    public static IReadOnlyList<string> SecretMembers { get; } = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    /// <summary>Reads one key; false when it is of a kind, for a use or of a strength that is not taken here.</summary>
    public static bool TryParse(JsonElement jwk, [NotNullWhen(true)] out PublicJwk? key)
    {
        key = null;
        if (jwk.ValueKind != JsonValueKind.Object || Text(jwk, "kty") is not { } type) return false;
        if (jwk.TryGetProperty("use", out _) && Text(jwk, "use") != "sig") return false;
        if (jwk.TryGetProperty("key_ops", out var operations) && !AllowsVerifying(operations)) return false;
        try
        {
            key = type switch { "EC" => ReadEc(jwk), "RSA" => ReadRsa(jwk), _ => null };
        }
        catch (CryptographicException)
        {
            return false; // A point beside the curve, or numbers that are no RSA key.
        }
        return key is not null;
    }

    /// <summary>True when the signature is this key's, by an algorithm that it takes. Its length is exactly that of the algorithm.</summary>
    public bool Verify(string algorithm, ReadOnlySpan<byte> input, ReadOnlySpan<byte> signature)
    {
        if (!Algorithms.Contains(algorithm, StringComparer.Ordinal)) return false;
        var hash = algorithm[2..] switch { "256" => HashAlgorithmName.SHA256, "384" => HashAlgorithmName.SHA384, _ => HashAlgorithmName.SHA512 };
        if (_ec is not null)
            return signature.Length == (_ec.KeySize + 7) / 8 * 2 && _ec.VerifyData(input, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        var padding = algorithm[0] == 'P' ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1;
        return signature.Length == (_rsa!.KeySize + 7) / 8 && _rsa.VerifyData(input, signature, hash, padding);
    }

    private static PublicJwk? ReadEc(JsonElement jwk)
    {
        var (curve, size, algorithm) = Text(jwk, "crv") switch
        {
            "P-256" => (ECCurve.NamedCurves.nistP256, 32, "ES256"),
            "P-384" => (ECCurve.NamedCurves.nistP384, 48, "ES384"),
            "P-521" => (ECCurve.NamedCurves.nistP521, 66, "ES512"),
            _ => default,
        };
        // RFC 7518 §6.2.1.2: a coordinate has the full length of its curve.
        if (size == 0 || Bytes(jwk, "x") is not { } x || x.Length != size || Bytes(jwk, "y") is not { } y || y.Length != size) return null;
        if (Restrict(jwk, [algorithm]) is not { } algorithms) return null;
        var canonical = $$"""{"crv":"{{Text(jwk, "crv")}}","kty":"EC","x":"{{Text(jwk, "x")}}","y":"{{Text(jwk, "y")}}"}""";
        return new PublicJwk(
            Text(jwk, "kid"), algorithms, ECDsa.Create(new ECParameters { Curve = curve, Q = new ECPoint { X = x, Y = y } }), rsa: null, canonical);
    }

    private static PublicJwk? ReadRsa(JsonElement jwk)
    {
        if (Bytes(jwk, "n") is not { Length: > 0 and <= (MaxRsaBits / 8) } modulus || modulus[0] == 0) return null; // RFC 7518 §2: no leading zero.
        if (Bytes(jwk, "e") is not { Length: > 0 and <= 4 } exponent || exponent[0] == 0 || (exponent[^1] & 1) == 0) return null;
        if (exponent is [1]) return null; // With the exponent 1 every text is its own signature.
        if (RocaFingerprint.IsFoundIn(modulus)) return null; // Whoever has the public key can compute the private one.
        if (Restrict(jwk, [.. AllAlgorithms.Where(name => name[0] != 'E')]) is not { } algorithms) return null;
        var rsa = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent });
        var canonical = $$"""{"e":"{{Text(jwk, "e")}}","kty":"RSA","n":"{{Text(jwk, "n")}}"}""";
        return rsa.KeySize >= MinRsaBits ? new PublicJwk(Text(jwk, "kid"), algorithms, ec: null, rsa, canonical) : null;
    }

    private static string[]? Restrict(JsonElement jwk, string[] possible)
    {
        if (!jwk.TryGetProperty("alg", out _)) return possible;
        return Text(jwk, "alg") is { } one && possible.Contains(one, StringComparer.Ordinal) ? [one] : null;
    }

    private static bool AllowsVerifying(JsonElement operations) =>
        operations.ValueKind == JsonValueKind.Array
        && operations.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.String && item.ValueEquals("verify"));

    private static string? Text(JsonElement jwk, string name) =>
        jwk.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static byte[]? Bytes(JsonElement jwk, string name) =>
        Text(jwk, name) is { } text && StrictBase64Url.TryDecode(text, out var bytes) ? bytes : null;
}
