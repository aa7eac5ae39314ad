using System.Security.Cryptography;
using System.Text.Json;
using Gatehouse.Protocol.Jose;

namespace Gatehouse.Tests.Protocol.Jose;

/// <summary>Sets of keys (RFC 7517 §5), what they verify, and how we write our own.</summary>
public sealed class JwkSetTests
{
    [Fact]
    public void Keys_that_cannot_be_used_are_passed_over()
    {
        var set = Signer.Set(Signer.One.Jwk("\"kid\":\"k1\""), """{"kty":"oct","k":"AA"}""", "1", Signer.Another.Jwk("\"use\":\"enc\""));
        Assert.Equal(1, set.Count);
        Assert.True(set.Contains("k1"));
        Assert.False(set.Contains("K1"));
        Assert.Equal(0, JwkSet.Empty.Count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"keys":null}""")]
    [InlineData("""{"keys":[],"keys":[]}""")]
    [InlineData("""{"keys":[{"kty":"a","kty":"b"}]}""")]
    [InlineData("""{"keys":[{"kty":"\ud800"}]}""")]
    [InlineData("""{"keys":[]} x""")]
    [InlineData("""{"keys":[[[[[[[[]]]]]]]]}""")]
    public void What_is_no_strict_set_is_refused(string json)
    {
        Assert.False(JwkSet.TryParse(json, library: null, out var set));
        Assert.Null(set);
    }

    [Fact]
    public void Half_of_a_character_is_no_set() => Assert.False(JwkSet.TryParse("\ud800", library: null, out _));

    [Fact]
    public void It_has_up_to_32_keys_and_16384_characters()
    {
        string Of(int count) => $$"""{"keys":[{{string.Join(',', Enumerable.Repeat("{}", count))}}]}""";
        Assert.True(JwkSet.TryParse(Of(32), null, out _));
        Assert.False(JwkSet.TryParse(Of(33), null, out _));
        Assert.True(JwkSet.TryParse(Of(0).PadRight(16384), null, out _));
        Assert.False(JwkSet.TryParse(Of(0).PadRight(16385), null, out _));
        Assert.True(JwkSet.TryParse(Of(0).PadRight(16385), null, out _, maxLength: 16385));
    }

    [Fact]
    public void Two_keys_of_one_name_are_none()
    {
        string Of(string one, string other) => $$"""{"keys":[{{Signer.One.Jwk(one)}},{{Signer.Another.Jwk(other)}}]}""";
        Assert.False(JwkSet.TryParse(Of("\"kid\":\"a\"", "\"kid\":\"a\""), null, out _));
        Assert.True(JwkSet.TryParse(Of("\"kid\":\"a\"", "\"kid\":\"b\""), null, out _));
        Assert.True(JwkSet.TryParse(Of("", ""), null, out _));
    }

    [Theory]
    [InlineData("""{"alg":"ES256","kid":"k1"}""", true)]
    [InlineData("""{"alg":"ES256"}""", true)] // Names none: any key may have made it.
    [InlineData("""{"alg":"ES256","kid":"k2"}""", false)] // The other key of the set.
    [InlineData("""{"alg":"ES256","kid":"k3"}""", false)]
    [InlineData("""{"alg":"ES256","kid":1}""", false)]
    [InlineData("""{"alg":"ES256","kid":null}""", false)]
    [InlineData("""{"alg":"ES384","kid":"k1"}""", false)]
    [InlineData("""{"alg":"none","kid":"k1"}""", false)]
    [InlineData("""{"alg":1,"kid":"k1"}""", false)]
    [InlineData("""{"kid":"k1"}""", false)]
    public void The_key_that_the_header_names_made_the_signature(string header, bool isGood)
    {
        var set = Signer.Set(Signer.Another.Jwk("\"kid\":\"k2\""), Signer.One.Jwk("\"kid\":\"k1\""));
        Assert.True(CompactJws.TryParse(Signer.One.Sign("{}", header), out var jws));
        Assert.Equal(isGood, set.Verifies(jws, ["ES256", "ES384", "none"]));
        Assert.False(set.Verifies(jws, ["ES384"]));
        Assert.False(JwkSet.Empty.Verifies(jws, ["ES256"]));
    }

    [Fact]
    public void Our_keys_are_written_for_one_algorithm_and_named_by_their_thumbprint()
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        foreach (var ((kid, json), type, algorithm) in new[] { (PublicJwkText.Of(ec), "EC", "ES256"), (PublicJwkText.Of(rsa, "PS256"), "RSA", "PS256") })
        {
            var key = Signer.Read(json);
            Assert.Equal((kid, key.Thumbprint), (key.Kid, kid));
            Assert.Equal([algorithm], key.Algorithms);
            using var document = JsonDocument.Parse(json);
            Assert.Equal((type, "sig"), (document.RootElement.GetProperty("kty").GetString(), document.RootElement.GetProperty("use").GetString()));
            Assert.All(PublicJwk.SecretMembers, member => Assert.False(document.RootElement.TryGetProperty(member, out _)));
        }
    }

    [Fact]
    public void A_weak_key_of_ours_is_never_written()
    {
        using var weak = RSA.Create(1024);
        Assert.Throws<InvalidOperationException>(() => PublicJwkText.Of(weak, "RS256"));
    }

    [Fact]
    public void The_algorithms_are_a_closed_set()
    {
        Assert.Equal(["ES256", "RS256", "PS256", "EdDSA", "Ed25519", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"], SigningAlgorithms.All);
        Assert.Equal(["ES256", "PS256", "EdDSA", "Ed25519"], SigningAlgorithms.Fapi);
        Assert.True(SigningAlgorithms.IsKnown("ES256"));
        Assert.False(SigningAlgorithms.IsKnown("es256"));
        Assert.False(SigningAlgorithms.IsKnown("none"));
        Assert.True(SigningAlgorithms.IsMlDsa("ML-DSA-65"));
        Assert.False(SigningAlgorithms.IsMlDsa("ES256"));
    }
}
