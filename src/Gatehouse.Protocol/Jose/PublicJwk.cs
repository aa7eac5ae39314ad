using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Gatehouse.Protocol.Jose;

/// <summary>
/// A public key that somebody signs with (RFC 7517 §4): P-256, P-384 and P-521 for ES256, ES384 and ES512, RSA of 2048 to 4096 bits for PS*
/// and RS*; with a library for them, Ed25519 (RFC 8037 §2) and ML-DSA (RFC 9964). The key says which algorithms it takes; a header can only
/// name one of them (RFC 8725 §3.1).
/// </summary>
public sealed class PublicJwk
{
    private const int MinRsaBits = 2048;
    private const int MaxRsaBits = 4096; // Whoever sends a key must not choose how long we work on it.

    private static readonly string[] RsaAlgorithms = ["PS256", "PS384", "PS512", "RS256", "RS384", "RS512"];

    private readonly ECDsa? _ec;
    private readonly RSA? _rsa;
    private readonly SignatureCheck? _check;
    private SignatureCheck? _frequent;

    private PublicJwk(string? kid, IReadOnlyList<string> algorithms, string canonical, ECDsa? ec = null, RSA? rsa = null, SignatureCheck? check = null)
    {
        (Kid, Algorithms, _ec, _rsa, _check) = (kid, algorithms, ec, rsa, check);
        Thumbprint = Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(canonical)));
    }

    /// <summary>Every algorithm that some key can take, given a library for those that the base class library lacks.</summary>
    public static IReadOnlyList<string> AllAlgorithms { get; } =
    [
        "ES256", "ES384", "ES512", .. RsaAlgorithms, SigningAlgorithms.EdDsa, SigningAlgorithms.Ed25519,
        SigningAlgorithms.MlDsa44, SigningAlgorithms.MlDsa65, SigningAlgorithms.MlDsa87,
    ];

    public string? Kid { get; }

    public IReadOnlyList<string> Algorithms { get; }

    /// <summary>The SHA-256 of its required members (RFC 7638 §3).</summary>
    public string Thumbprint { get; }

    /// <summary>The DER of the certificate that came with it (the first of <c>x5c</c>, RFC 7517 §4.7); null when none did.</summary>
    public byte[]? Certificate { get; private set; }

    /// <summary>The members that make a key private or symmetric (RFC 7518 §6.2.2, §6.3.2, §6.4.1, RFC 8037 §2, RFC 9964 §3).</summary>
    public static IReadOnlyList<string> SecretMembers { get; } = ["d", "p", "q", "dp", "dq", "qi", "oth", "k", "priv"];

    /// <summary>Reads one key; false when it is of a kind, for a use or of a strength that is not taken here.</summary>
    /// <param name="jwk">The key.</param>
    /// <param name="library">Verifies what the base class library does not; null: such keys are not taken.</param>
    /// <param name="key">Set when the answer is true.</param>
    public static bool TryParse(JsonElement jwk, ISignatureLibrary? library, [NotNullWhen(true)] out PublicJwk? key)
    {
        key = null;
        if (jwk.ValueKind != JsonValueKind.Object || Text(jwk, "kty") is not { } type) return false;
        if (jwk.TryGetProperty("use", out _) && Text(jwk, "use") != "sig") return false;
        if (jwk.TryGetProperty("key_ops", out var operations) && !AllowsVerifying(operations)) return false;
        try
        {
            key = type switch { "EC" => ReadEc(jwk), "RSA" => ReadRsa(jwk), "OKP" => ReadOkp(jwk, library), "AKP" => ReadAkp(jwk, library), _ => null };
        }
        catch (CryptographicException)
        {
            return false; // A point beside the curve, or numbers that are no RSA key.
        }
        return key is not null && TryReadCertificate(jwk, key);
    }

    /// <summary>True when this is the certificate that came with the key; or, where none came, one of the same key (RFC 8705 §2.2).</summary>
    public bool IsOf(X509Certificate2 certificate) => Certificate is { } registered
        ? certificate.RawDataMemory.Span.SequenceEqual(registered) : HasKeyOf(certificate);

    // Certificates of the other algorithms make no TLS connection here.
    private bool HasKeyOf(X509Certificate2 certificate) =>
        ((AsymmetricAlgorithm?)_ec ?? _rsa) is { } key
        && certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo());

    // RFC 7517 §4.7: the certificate is of the key beside which it stands. One that is not makes the key unusable.
    private static bool TryReadCertificate(JsonElement jwk, PublicJwk key)
    {
        if (!jwk.TryGetProperty("x5c", out var chain) || key._check is not null) return true;
        if (chain.ValueKind != JsonValueKind.Array || chain.GetArrayLength() == 0 || chain[0].ValueKind != JsonValueKind.String) return false;
        try
        {
            key.Certificate = chain[0].GetBytesFromBase64();
            if (X509Certificate2.GetCertContentType(key.Certificate) != X509ContentType.Cert) return false;
            using var certificate = X509CertificateLoader.LoadCertificate(key.Certificate);
            return certificate.RawDataMemory.Span.SequenceEqual(key.Certificate) && key.HasKeyOf(certificate);
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            return false;
        }
    }

    /// <summary>Whether the library was told to prepare for very many signatures.</summary>
    public bool ExpectsMany => _frequent is not null;

    /// <summary>Lets the library prepare for very many signatures (ES256 alone): for keys of our own, which verify all day.</summary>
    public void ExpectMany(ISignatureLibrary library)
    {
        if (_ec is not null && Algorithms.Contains(SigningAlgorithms.Default, StringComparer.Ordinal))
            _frequent = library.OpenFrequentKey(_ec.ExportParameters(includePrivateParameters: false));
    }

    /// <summary>True when the signature is this key's, by an algorithm that it takes. Its length is exactly that of the algorithm.</summary>
    public bool Verify(string algorithm, ReadOnlySpan<byte> input, ReadOnlySpan<byte> signature)
    {
        if (!Algorithms.Contains(algorithm, StringComparer.Ordinal)) return false;
        if (_frequent is not null) return _frequent(input, signature);
        if (_check is not null) return signature.Length == RawKeySizes.Of(algorithm)!.Value.Signature && _check(input, signature);
        var hash = algorithm.AsSpan(2) switch { "256" => HashAlgorithmName.SHA256, "384" => HashAlgorithmName.SHA384, _ => HashAlgorithmName.SHA512 };
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
            Text(jwk, "kid"), algorithms, canonical, ECDsa.Create(new ECParameters { Curve = curve, Q = new ECPoint { X = x, Y = y } }));
    }

    private static PublicJwk? ReadRsa(JsonElement jwk)
    {
        if (Bytes(jwk, "n") is not { Length: > 0 and <= (MaxRsaBits / 8) } modulus || modulus[0] == 0) return null; // RFC 7518 §2: no leading zero.
        if (Bytes(jwk, "e") is not { Length: > 0 and <= 4 } exponent || exponent[0] == 0 || (exponent[^1] & 1) == 0) return null;
        if (exponent is [1]) return null; // With the exponent 1 every text is its own signature.
        if (RocaFingerprint.IsFoundIn(modulus)) return null; // Whoever has the public key can compute the private one.
        if (Restrict(jwk, RsaAlgorithms) is not { } algorithms) return null;
        var rsa = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent });
        var canonical = $$"""{"e":"{{Text(jwk, "e")}}","kty":"RSA","n":"{{Text(jwk, "n")}}"}""";
        return rsa.KeySize >= MinRsaBits ? new PublicJwk(Text(jwk, "kid"), algorithms, canonical, rsa: rsa) : null;
    }

    // RFC 8037 §2. Ed448 is not taken, and X25519 signs nothing.
    private static PublicJwk? ReadOkp(JsonElement jwk, ISignatureLibrary? library)
    {
        if (Text(jwk, "crv") != "Ed25519" || Restrict(jwk, [SigningAlgorithms.EdDsa, SigningAlgorithms.Ed25519]) is not { } algorithms) return null;
        return ReadRaw(jwk, "x", algorithms, library, $$"""{"crv":"Ed25519","kty":"OKP","x":"{{Text(jwk, "x")}}"}""");
    }

    // RFC 9964 §3: such a key always says for which algorithm it is, and that counts for its thumbprint (§6).
    private static PublicJwk? ReadAkp(JsonElement jwk, ISignatureLibrary? library) =>
        Text(jwk, "alg") is { } algorithm && SigningAlgorithms.IsMlDsa(algorithm)
            ? ReadRaw(jwk, "pub", [algorithm], library, $$"""{"alg":"{{algorithm}}","kty":"AKP","pub":"{{Text(jwk, "pub")}}"}""") : null;

    private static PublicJwk? ReadRaw(JsonElement jwk, string member, string[] algorithms, ISignatureLibrary? library, string canonical) =>
        Bytes(jwk, member) is { } bytes && bytes.Length == RawKeySizes.Of(algorithms[0])!.Value.PublicKey
        && library?.OpenPublicKey(algorithms[0], bytes) is { } check
            ? new PublicJwk(Text(jwk, "kid"), algorithms, canonical, check: check) : null;

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
