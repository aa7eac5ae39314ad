using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Gatehouse.Tests.Interop.House;

/// <summary>A key for ES256 and what is signed with it.</summary>
internal sealed class Key(string id) : IDisposable
{
    public ECDsa Pair { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string Id => id;

    /// <summary>The JWK; with its private part for a program that must sign.</summary>
    public JsonObject ToJwk(bool isPrivate = false)
    {
        var parameters = Pair.ExportParameters(isPrivate);
        var jwk = new JsonObject
        {
            ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(parameters.Q.X), ["y"] = Base64Url.EncodeToString(parameters.Q.Y),
            ["kid"] = id, ["alg"] = "ES256",
        };
        if (isPrivate) jwk["d"] = Base64Url.EncodeToString(parameters.D);
        return jwk;
    }

    public JsonObject ToSet() => new() { ["keys"] = new JsonArray(ToJwk()) };

    /// <summary>A JWT that is good for a minute from now.</summary>
    public string Sign(JsonObject claims)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        (claims["iat"], claims["exp"], claims["jti"]) = (now, now + 60, Guid.NewGuid().ToString());
        return Sign(new JsonObject { ["alg"] = "ES256", ["typ"] = "JWT", ["kid"] = id }, claims);
    }

    /// <summary>A DPoP proof (RFC 9449 §4.2) for a POST.</summary>
    public string Prove(string url, string? nonce) => Sign(
        new JsonObject { ["alg"] = "ES256", ["typ"] = "dpop+jwt", ["jwk"] = ToJwk() },
        new JsonObject
        {
            ["htm"] = "POST", ["htu"] = url, ["nonce"] = nonce, ["jti"] = Guid.NewGuid().ToString(),
            ["iat"] = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(),
        });

    private string Sign(JsonObject header, JsonObject claims)
    {
        var input = $"{Encode(header)}.{Encode(claims)}";
        return $"{input}.{Base64Url.EncodeToString(Pair.SignData(Encoding.ASCII.GetBytes(input), HashAlgorithmName.SHA256))}";
    }

    public void Dispose() => Pair.Dispose();

    private static string Encode(JsonObject json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
