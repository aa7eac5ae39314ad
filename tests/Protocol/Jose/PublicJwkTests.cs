using System.Buffers.Text;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Gatehouse.Protocol.Jose;

namespace Gatehouse.Tests.Protocol.Jose;

/// <summary>Public keys of others (RFC 7517 §4): which are taken, by which algorithms, and what their signatures must be.</summary>
public sealed class PublicJwkTests
{
    private const string Ed25519 = """{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""";
    private static readonly byte[] Input = "input"u8.ToArray();
    private static readonly Lazy<RSA> Rsa = new(() => RSA.Create(2048));

    [Theory]
    [InlineData("P-256", 256, "ES256", "SHA256")]
    [InlineData("P-384", 384, "ES384", "SHA384")]
    [InlineData("P-521", 521, "ES512", "SHA512")]
    public void A_curve_takes_its_one_algorithm(string curve, int bits, string algorithm, string hash)
    {
        using var pair = ECDsa.Create(bits switch { 256 => ECCurve.NamedCurves.nistP256, 384 => ECCurve.NamedCurves.nistP384, _ => ECCurve.NamedCurves.nistP521 });
        var key = Signer.Read(Ec(pair, curve));
        var signature = pair.SignData(Input, new HashAlgorithmName(hash));
        Assert.Equal([algorithm], key.Algorithms);
        Assert.True(key.Verify(algorithm, Input, signature));
        Assert.False(key.Verify(algorithm, Input.AsSpan(1), signature));
        Assert.False(key.Verify(algorithm, Input, [.. signature, 0]));
        Assert.False(key.Verify(algorithm, Input, signature.AsSpan(1)));
        Assert.False(key.Verify(algorithm, Input, pair.SignData(Input, new HashAlgorithmName(hash), DSASignatureFormat.Rfc3279DerSequence)));
        Assert.All(PublicJwk.AllAlgorithms.Where(other => other != algorithm), other => Assert.False(key.Verify(other, Input, signature)));
        Assert.Null(Signer.TryRead(Ec(pair, bits == 256 ? "P-384" : "P-256")));
        Assert.Null(Signer.TryRead(Ec(pair, "secp256k1")));
    }

    [Theory]
    [InlineData("RS256", "SHA256", false)]
    [InlineData("RS384", "SHA384", false)]
    [InlineData("RS512", "SHA512", false)]
    [InlineData("PS256", "SHA256", true)]
    [InlineData("PS384", "SHA384", true)]
    [InlineData("PS512", "SHA512", true)]
    public void An_RSA_key_takes_each_of_its_algorithms_or_the_one_that_it_names(string algorithm, string hash, bool isPss)
    {
        var signature = Rsa.Value.SignData(Input, new HashAlgorithmName(hash), isPss ? RSASignaturePadding.Pss : RSASignaturePadding.Pkcs1);
        var key = Signer.Read(RsaJwk());
        Assert.Equal(["PS256", "PS384", "PS512", "RS256", "RS384", "RS512"], key.Algorithms);
        Assert.All(key.Algorithms, other => Assert.Equal(other == algorithm, key.Verify(other, Input, signature)));
        Assert.False(key.Verify(algorithm, Input, signature.AsSpan(1)));
        Assert.False(key.Verify(algorithm, Input, [0, .. signature]));
        Assert.Equal([algorithm], Signer.Read(Signer.Change(RsaJwk(), "alg", $"\"{algorithm}\"")).Algorithms);
        Assert.False(Signer.Read(Signer.Change(RsaJwk(), "alg", algorithm == "RS256" ? "\"PS256\"" : "\"RS256\"")).Verify(algorithm, Input, signature));
    }

    [Theory]
    [InlineData("kty", null)]
    [InlineData("kty", "1")]
    [InlineData("kty", "\"ec\"")]
    [InlineData("kty", "\"oct\"")]
    [InlineData("kty", "\"RSA\"")]
    [InlineData("crv", null)]
    [InlineData("x", null)]
    [InlineData("y", null)]
    [InlineData("x", "\"AA\"")]
    [InlineData("y", "\"AA\"")]
    [InlineData("y", "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"")] // Beside the curve.
    [InlineData("x", "1")]
    [InlineData("alg", "\"ES384\"")]
    [InlineData("alg", "\"none\"")]
    [InlineData("alg", "1")]
    [InlineData("use", "\"enc\"")]
    [InlineData("use", "1")]
    [InlineData("key_ops", "[\"sign\"]")]
    [InlineData("key_ops", "[]")]
    [InlineData("key_ops", "[1]")]
    [InlineData("key_ops", "\"verify\"")]
    public void What_is_no_key_to_verify_with_is_not_taken(string member, string? value) => Assert.Null(Signer.TryRead(Signer.Change(Signer.One.Jwk(), member, value)));

    [Theory]
    [InlineData("alg", "\"ES256\"")]
    [InlineData("use", "\"sig\"")]
    [InlineData("key_ops", "[\"verify\"]")]
    [InlineData("key_ops", "[1,\"sign\",\"verify\"]")]
    [InlineData("unknown", "1")]
    public void What_says_that_it_is_one_is_taken(string member, string value) => Assert.NotNull(Signer.TryRead(Signer.Change(Signer.One.Jwk(), member, value)));

    [Fact]
    public void What_is_no_object_is_no_key()
    {
        Assert.Null(Signer.TryRead("[]"));
        Assert.Null(Signer.TryRead("\"EC\""));
    }

    [Theory]
    [InlineData(256, 0x80, true)]
    [InlineData(512, 0x80, true)]
    [InlineData(513, 0x80, false)]
    [InlineData(256, 0x7F, false)]
    [InlineData(255, 0xFF, false)]
    [InlineData(128, 0xFF, false)]
    [InlineData(257, 0x00, false)] // RFC 7518 §2: no leading zero.
    public void An_RSA_modulus_has_2048_to_4096_bits(int bytes, byte first, bool isTaken)
    {
        var modulus = new byte[bytes];
        for (var i = 0; i < bytes; i++) modulus[i] = (byte)(i * 37 + 11);
        (modulus[0], modulus[1], modulus[^1]) = (first, 0xFF, (byte)(modulus[^1] | 1));
        Assert.Equal(isTaken, Signer.TryRead(Signer.Change(RsaJwk(), "n", Quoted(modulus))) is not null);
    }

    [Theory]
    [InlineData("03", true)]
    [InlineData("010001", true)]
    [InlineData("01000001", true)]
    [InlineData("01", false)]
    [InlineData("02", false)]
    [InlineData("", false)]
    [InlineData("00010001", false)]
    [InlineData("010000", false)]
    [InlineData("0100000001", false)]
    public void An_RSA_exponent_is_odd_and_neither_1_nor_large(string hex, bool isTaken) =>
        Assert.Equal(isTaken, Signer.TryRead(Signer.Change(RsaJwk(), "e", Quoted(Convert.FromHexString(hex)))) is not null);

    [Fact]
    public void Without_its_numbers_it_is_no_RSA_key()
    {
        Assert.Null(Signer.TryRead(Signer.Change(RsaJwk(), "n", null)));
        Assert.Null(Signer.TryRead(Signer.Change(RsaJwk(), "n", "\"\"")));
        Assert.Null(Signer.TryRead(Signer.Change(RsaJwk(), "e", null)));
        Assert.Null(Signer.TryRead(Signer.Change(RsaJwk(), "alg", "\"ES256\"")));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(7, true)]
    [InlineData(null, false)] // Divided by 701, so no power.
    public void A_modulus_of_the_broken_generator_is_known(int? power, bool isFound) // CVE-2017-15361.
    {
        var primes = Enumerable.Range(2, 700).Where(number => !Enumerable.Range(2, number - 2).Any(divisor => number % divisor == 0)).ToList();
        var product = primes.Aggregate(BigInteger.One, (all, prime) => all * prime);
        var modulus = ((BigInteger.One << 2047) / product + 1) * product + BigInteger.Pow(65537, power ?? 0);
        if (power is null) for (product /= 701; modulus % 701 != 0 || modulus.IsEven; modulus += product) { }
        var jwk = Signer.Change(RsaJwk(), "n", Quoted(modulus.ToByteArray(isUnsigned: true, isBigEndian: true)));
        Assert.Equal(!isFound, Signer.TryRead(jwk) is not null);
    }

    [Fact]
    public void Ed25519_goes_by_two_names()
    {
        Assert.Equal(["EdDSA", "Ed25519"], Signer.Read(Ed25519).Algorithms);
        Assert.Equal(["Ed25519"], Signer.Read(Signer.Change(Ed25519, "alg", "\"Ed25519\"")).Algorithms);
        var key = Signer.Read(Signer.Change(Ed25519, "kid", "\"k\""));
        var input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"u8.ToArray(); // RFC 8037, Appendix A.4.
        var signature = Base64Url.DecodeFromChars("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");
        Assert.Equal(("k", "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"), (key.Kid, key.Thumbprint));
        Assert.True(key.Verify("EdDSA", input, signature));
        Assert.True(key.Verify("Ed25519", input, signature));
        Assert.False(key.Verify("ES256", input, signature));
        Assert.False(key.Verify("EdDSA", input, [.. signature, 0]));
        Assert.False(key.Verify("EdDSA", input.AsSpan(1), signature));
    }

    [Theory]
    [InlineData("crv", "\"Ed448\"")]
    [InlineData("crv", "\"X25519\"")]
    [InlineData("crv", null)]
    [InlineData("x", null)]
    [InlineData("x", "\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ\"")]
    [InlineData("x", "\"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"")] // The neutral element.
    [InlineData("alg", "\"ES256\"")]
    public void No_other_key_is_taken_for_one_of_Ed25519(string member, string? value) => Assert.Null(Signer.TryRead(Signer.Change(Ed25519, member, value)));

    [Fact]
    public void Without_a_library_Ed25519_is_not_taken()
    {
        using var document = JsonDocument.Parse(Ed25519);
        Assert.False(PublicJwk.TryParse(document.RootElement, library: null, out _));
    }

    [Theory]
    [InlineData("ML-DSA-44", 1312, true)]
    [InlineData("ML-DSA-65", 1952, true)]
    [InlineData("ML-DSA-87", 2592, true)]
    [InlineData("ML-DSA-44", 1311, false)]
    [InlineData("ML-DSA-65", 1953, false)]
    [InlineData("ML-DSA-87", 1312, false)]
    [InlineData("ES256", 1312, false)]
    [InlineData("SLH-DSA-SHA2-128s", 32, false)]
    public void ML_DSA_has_keys_of_one_length(string algorithm, int length, bool isTaken)
    {
        var jwk = $$"""{"kty":"AKP","alg":"{{algorithm}}","pub":{{Quoted(new byte[length])}}}""";
        Assert.Equal(isTaken, Signer.TryRead(jwk) is not null);
        Assert.Null(Signer.TryRead(Signer.Change(jwk, "alg", null)));
        if (!isTaken) return;
        var key = Signer.Read(jwk);
        Assert.Equal([algorithm], key.Algorithms);
        Assert.False(key.Verify(algorithm, Input, new byte[4627]));
    }

    [Fact]
    public void The_thumbprint_is_of_the_required_members_alone() // RFC 7638 §3.1, RFC 9449 §6.1.
    {
        const string modulus = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64t"
            + "Z_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbO"
            + "pbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
        var rsa = Signer.Read($$"""{"kty":"RSA","n":"{{modulus}}","e":"AQAB","alg":"RS256","kid":"2011-04-29"}""");
        Assert.Equal(("2011-04-29", "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"), (rsa.Kid, rsa.Thumbprint));
        Assert.Equal("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I", Signer.Read(
            """{"kty":"EC","crv":"P-256","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"}""").Thumbprint);
    }

    [Fact]
    public void A_certificate_is_of_the_key_beside_which_it_stands() // RFC 7517 §4.7, RFC 8705 §2.2.
    {
        using var own = Certificate(Rsa.Value, "CN=own");
        using var again = Certificate(Rsa.Value, "CN=again");
        using var stranger = RSA.Create(2048);
        using var others = Certificate(stranger, "CN=own");
        string With(string chain) => Signer.Change(RsaJwk(), "x5c", chain);
        string Text(X509Certificate2 certificate) => $"[\"{Convert.ToBase64String(certificate.RawData)}\"]";

        var key = Signer.Read(With(Text(own)));
        Assert.Equal(own.RawData, key.Certificate);
        Assert.True(key.IsOf(own));
        Assert.False(key.IsOf(again)); // The certificate is registered, and not every one of its key.
        Assert.True(Signer.Read(RsaJwk()).IsOf(again));
        Assert.Null(Signer.Read(RsaJwk()).Certificate);
        Assert.False(Signer.Read(RsaJwk()).IsOf(others));
        Assert.False(Signer.Read(Ed25519).IsOf(own));

        Assert.Null(Signer.TryRead(With(Text(others))));
        Assert.Null(Signer.TryRead(With("[]")));
        Assert.Null(Signer.TryRead(With("[1]")));
        Assert.Null(Signer.TryRead(With("\"x\"")));
        Assert.Null(Signer.TryRead(With("[\"AA\"]")));
        Assert.Null(Signer.TryRead(With("[\"AAAA\"]")));
        Assert.Null(Signer.TryRead(With($"[\"{Convert.ToBase64String([.. own.RawData, 0])}\"]")));
        Assert.Null(Signer.TryRead(With($"[\"{Convert.ToBase64String(own.Export(X509ContentType.Pkcs12))}\"]")));
        Assert.True(Signer.Set(RsaJwk()).Holds(own));
        Assert.False(Signer.Set(Signer.One.Jwk()).Holds(own));
    }

    private static X509Certificate2 Certificate(RSA key, string name) => new CertificateRequest(name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
        .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));

    private static string Quoted(byte[] bytes) => $"\"{Base64Url.EncodeToString(bytes)}\"";

    private static string RsaJwk()
    {
        var numbers = Rsa.Value.ExportParameters(includePrivateParameters: false);
        return $$"""{"kty":"RSA","n":{{Quoted(numbers.Modulus!)}},"e":{{Quoted(numbers.Exponent!)}}}""";
    }

    private static string Ec(ECDsa key, string curve)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return $$"""{"kty":"EC","crv":"{{curve}}","x":{{Quoted(point.X!)}},"y":{{Quoted(point.Y!)}}}""";
    }
}
