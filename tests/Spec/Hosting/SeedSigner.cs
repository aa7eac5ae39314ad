using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;
using Gatehouse.Protocol.Jose;
using Gatehouse.Store.Signatures;

namespace Gatehouse.Tests.Spec.Hosting;

/// <summary>A client's key of Ed25519 or ML-DSA.</summary>
internal sealed class SeedSigner : IDisposable
{
    private readonly SeedKey _key;

    public SeedSigner(string algorithm)
    {
        (Algorithm, _key) = (algorithm, SeedKey.Generate(algorithm));
        var (kid, json) = PublicJwkText.Of(algorithm, _key.PublicKey, SignatureLibrary.Instance);
        (Thumbprint, Jwk) = (kid, json);
    }

    public string Algorithm { get; }

    public string Thumbprint { get; }

    /// <summary>The public half, with use, alg and kid.</summary>
    public string Jwk { get; }

    /// <summary>The public half.</summary>
    public JsonObject PublicJwk() => JsonNode.Parse(Jwk)!.AsObject();

    public string Sign(string input)
    {
        var signature = new byte[_key.SignatureLength];
        _key.Sign(Encoding.ASCII.GetBytes(input), signature);
        return Base64Url.EncodeToString(signature);
    }

    public string Sign(JsonObject header, JsonObject claims)
    {
        var input = $"{TokenForge.Encode(header.ToJsonString())}.{TokenForge.Encode(claims.ToJsonString())}";
        return $"{input}.{Sign(input)}";
    }

    /// <summary>A good client assertion.</summary>
    public string Assertion(TestNode node, string clientId, string? algorithm = null)
    {
        var now = node.Clock.GetUtcNow().ToUnixTimeSeconds();
        return Sign(new JsonObject { ["alg"] = algorithm ?? Algorithm, ["typ"] = "JWT" }, new JsonObject
        {
            ["iss"] = clientId, ["sub"] = clientId, ["aud"] = TestNode.Issuer, ["iat"] = now, ["exp"] = now + 60, ["jti"] = Guid.NewGuid().ToString(),
        });
    }

    public void Dispose() => _key.Dispose();
}
