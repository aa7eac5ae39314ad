using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Protocol.Jose;
using Gatehouse.Store.Signatures;

namespace Gatehouse.Tests.Spec.Jose;

/// <summary>Keys and signatures of ML-DSA, held to the examples of RFC 9964: the key whose seed is zero, and a JWS of it.</summary>
public sealed class MlDsaTests
{
    private static readonly JsonArray Examples = JsonNode.Parse(typeof(MlDsaTests).Assembly.GetManifestResourceStream("rfc9964.json")!)!.AsArray();

    public static TheoryData<string> Algorithms => new(Examples.Select(example => (string)example!["jwk"]!["alg"]!));

    [Theory, Rfc(9964, "3"), Rfc(9964, "4"), Rfc(9964, "6"), MemberData(nameof(Algorithms))]
    public void The_examples_of_the_RFC_hold(string algorithm)
    {
        var (jwk, input, signature) = Example(algorithm);
        using var pair = SeedKey.FromSeed(algorithm, Base64Url.DecodeFromChars((string)jwk["priv"]!));
        jwk.Remove("priv");
        var key = Read(jwk);

        Assert.Equal((string?)jwk["pub"], Base64Url.EncodeToString(pair.PublicKey));
        Assert.Equal((string?)jwk["kid"], key.Thumbprint);
        Assert.Equal(algorithm, Assert.Single(key.Algorithms));
        Assert.True(key.Verify(algorithm, input, signature));
    }

    [Theory, Rfc(9964, "4"), MemberData(nameof(Algorithms))]
    public void A_signature_is_for_one_text_one_algorithm_and_of_one_length(string algorithm)
    {
        var (jwk, input, signature) = Example(algorithm);
        var key = Read(jwk);

        Assert.False(key.Verify(algorithm, input.AsSpan(1), signature));
        Assert.False(key.Verify(algorithm, input, signature.AsSpan(1)));
        Assert.False(key.Verify(algorithm, input, [.. signature, 0]));
        Assert.False(key.Verify(algorithm, input, new byte[signature.Length]));
        foreach (var other in SigningAlgorithms.All.Where(name => name != algorithm)) Assert.False(key.Verify(other, input, signature));
        foreach (var at in new[] { 0, 40, signature.Length / 2, signature.Length - 1 })
        {
            var changed = signature.ToArray();
            changed[at] ^= 1;
            Assert.False(key.Verify(algorithm, input, changed), $"byte {at}");
        }
    }

    [Theory, MemberData(nameof(Algorithms))]
    public void What_we_sign_holds_and_differs_each_time(string algorithm)
    {
        using var pair = SeedKey.Generate(algorithm);
        var key = Read(JsonNode.Parse(PublicJwkText.Of(algorithm, pair.PublicKey, SignatureLibrary.Instance).Json)!.AsObject());
        var (first, second) = (new byte[pair.SignatureLength], new byte[pair.SignatureLength]);
        pair.Sign("text"u8, first);
        pair.Sign("text"u8, second);

        Assert.True(key.Verify(algorithm, "text"u8, first));
        Assert.True(key.Verify(algorithm, "text"u8, second));
        Assert.NotEqual(first, second); // Hedged (FIPS 204 §3.4).
    }

    [Fact, Rfc(9964, "3")]
    public void What_is_not_exactly_such_a_key_is_not_taken()
    {
        foreach (var change in new Action<JsonObject>[]
        {
            jwk => jwk.Remove("alg"), jwk => jwk.Remove("pub"), jwk => jwk["alg"] = "ML-DSA-87", jwk => jwk["alg"] = "ES256", jwk => jwk["alg"] = "SLH-DSA-SHA2-128s",
            jwk => jwk["kty"] = "OKP", jwk => jwk["pub"] = (string)jwk["pub"]! + "AAAA", jwk => jwk["pub"] = ((string)jwk["pub"]!)[..^4],
            jwk => jwk["use"] = "enc", jwk => jwk["pub"] = 1,
        })
        {
            var (jwk, _, _) = Example("ML-DSA-65");
            Assert.True(TryRead(jwk, SignatureLibrary.Instance, out _));
            change(jwk);
            Assert.False(TryRead(jwk, SignatureLibrary.Instance, out _), jwk.ToJsonString());
        }
        Assert.False(TryRead(Example("ML-DSA-65").Jwk, library: null, out _));
    }

    private static (JsonObject Jwk, byte[] Input, byte[] Signature) Example(string algorithm)
    {
        var example = Examples.Single(example => (string?)example!["jwk"]!["alg"] == algorithm)!;
        var jws = (string)example["jws"]!;
        var end = jws.LastIndexOf('.');
        return (example["jwk"]!.DeepClone().AsObject(), Encoding.ASCII.GetBytes(jws[..end]), Base64Url.DecodeFromChars(jws.AsSpan(end + 1)));
    }

    private static PublicJwk Read(JsonObject jwk) => TryRead(jwk, SignatureLibrary.Instance, out var key) ? key! : throw new FormatException(jwk.ToJsonString());

    private static bool TryRead(JsonObject jwk, ISignatureLibrary? library, out PublicJwk? key)
    {
        using var document = JsonDocument.Parse(jwk.ToJsonString());
        return PublicJwk.TryParse(document.RootElement, library, out key);
    }
}
