using System.Buffers.Text;
using System.Numerics;
using System.Text.Json;
using Gatehouse.Protocol.Jose;
using Gatehouse.Store.Signatures;

namespace Gatehouse.Tests.Spec.Jose;

/// <summary>Keys and signatures of Ed25519.</summary>
public sealed class Ed25519Tests
{
    private const string Rfc8037Key = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";

    private static readonly BigInteger Order = BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", provider: null);

    [Theory, Rfc(8032, "7.1")]
    [InlineData("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60", "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b")]
    [InlineData("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb", "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")]
    [InlineData("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7", "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")]
    public void The_vectors_of_the_RFC_hold(string seed, string publicKey, string message, string signature)
    {
        using var key = SeedKey.FromSeed("Ed25519", Convert.FromHexString(seed));
        var made = new byte[key.SignatureLength];
        key.Sign(Convert.FromHexString(message), made);

        Assert.Equal(publicKey, Convert.ToHexStringLower(key.PublicKey));
        Assert.Equal(signature, Convert.ToHexStringLower(made));
        Assert.True(Read(Jwk(Base64Url.EncodeToString(key.PublicKey))).Verify("Ed25519", Convert.FromHexString(message), made));
    }

    [Fact, Rfc(8037, "3.1"), Rfc(8037, "2"), Rfc(9864, "2.2")]
    public void The_example_of_RFC_8037_holds_under_both_names()
    {
        var key = Read(Jwk(Rfc8037Key));
        var input = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"u8;
        var signature = Base64Url.DecodeFromChars("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg");

        Assert.Equal("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", key.Thumbprint);
        Assert.True(key.Verify("EdDSA", input, signature));
        Assert.True(key.Verify("Ed25519", input, signature));
        Assert.False(key.Verify("ES256", input, signature));
        Assert.False(Read(Jwk(Rfc8037Key, ",\"alg\":\"EdDSA\"")).Verify("Ed25519", input, signature));
        Assert.False(key.Verify("EdDSA", input[1..], signature));
    }

    [Fact, Rfc(8032, "5.1.7"), Rfc(8032, "8.4")]
    public void A_signature_has_one_form_and_one_length()
    {
        using var pair = SeedKey.Generate("EdDSA");
        var key = Read(Jwk(Base64Url.EncodeToString(pair.PublicKey)));
        var (input, signature) = ("text"u8.ToArray(), new byte[64]);
        pair.Sign(input, signature);
        Assert.True(key.Verify("EdDSA", input, signature));

        // S + L gives the same point: whoever takes it takes two signatures for one text.
        var scalar = new BigInteger(signature.AsSpan(32), isUnsigned: true) + Order;
        var again = scalar.ToByteArray(isUnsigned: true);
        var malleable = new byte[64];
        signature.AsSpan(0, 32).CopyTo(malleable);
        again.CopyTo(malleable, 32);
        Assert.False(key.Verify("EdDSA", input, malleable));

        Assert.False(key.Verify("EdDSA", input, signature.AsSpan(0, 63)));
        Assert.False(key.Verify("EdDSA", input, [.. signature, 0]));
        Assert.False(key.Verify("EdDSA", input, []));
        Assert.False(key.Verify("EdDSA", input, new byte[64]));
        for (var i = 0; i < 64; i++)
        {
            var changed = signature.ToArray();
            changed[i] ^= 1;
            Assert.False(key.Verify("EdDSA", input, changed), $"byte {i}");
        }
    }

    [Theory, Rfc(8032, "5.1.3"), Rfc(8037, "2")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000")] // The neutral element.
    [InlineData("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")] // Of order 2.
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")] // Of order 4.
    [InlineData("0000000000000000000000000000000000000000000000000000000000000080")]
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")] // Of order 8.
    [InlineData("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85")]
    [InlineData("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")]
    [InlineData("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa")]
    [InlineData("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")] // y = p, not below it.
    [InlineData("eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000080")] // x = 0 with its sign bit.
    [InlineData("0200000000000000000000000000000000000000000000000000000000000000")] // No point of the curve.
    [InlineData("cdb267ce40c5cd45306fa5d2f29731459387dbf9eb933b7bd5aed9a765b88d4d")] // With a part of small order.
    public void A_point_that_no_key_pair_has_is_no_key(string point) =>
        Assert.False(TryRead(Jwk(Base64Url.EncodeToString(Convert.FromHexString(point))), out _));

    [Theory, Rfc(8037, "2")]
    [InlineData("""{"kty":"OKP","crv":"Ed25519"}""")]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHUQ"}""")] // 31 bytes.
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURp"}""")] // Leftover bits.
    [InlineData("""{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo="}""")]
    [InlineData("""{"kty":"OKP","crv":"X25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""")]
    [InlineData("""{"kty":"OKP","crv":"Ed448","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""")]
    [InlineData("""{"kty":"EC","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""")]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","alg":"ES256","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""")]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","alg":"Ed448","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""")]
    [InlineData("""{"kty":"OKP","crv":"Ed25519","use":"enc","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}""")]
    public void What_is_not_exactly_such_a_key_is_not_taken(string jwk) => Assert.False(TryRead(jwk, out _));

    [Fact]
    public void Without_a_library_it_is_not_taken()
    {
        using var document = JsonDocument.Parse(Jwk(Rfc8037Key));
        Assert.False(PublicJwk.TryParse(document.RootElement, library: null, out _));
    }

    private static string Jwk(string x, string more = "") => $$"""{"kty":"OKP","crv":"Ed25519","x":"{{x}}"{{more}}}""";

    private static PublicJwk Read(string jwk) => TryRead(jwk, out var key) ? key! : throw new FormatException(jwk);

    private static bool TryRead(string jwk, out PublicJwk? key)
    {
        using var document = JsonDocument.Parse(jwk);
        return PublicJwk.TryParse(document.RootElement, SignatureLibrary.Instance, out key);
    }
}
