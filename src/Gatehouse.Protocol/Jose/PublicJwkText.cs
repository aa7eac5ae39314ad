using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Gatehouse.Protocol.Jose;

/// <summary>Writes the public half of a key of ours as JWK (RFC 7517 §4): for one algorithm, named by its thumbprint (RFC 7638).</summary>
public static class PublicJwkText
{
    public static (string Kid, string Json) Of(ECDsa key)
    {
        var point = key.ExportParameters(includePrivateParameters: false).Q;
        return Finish(
            new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["x"] = Base64Url.EncodeToString(point.X), ["y"] = Base64Url.EncodeToString(point.Y) },
            SigningAlgorithms.Default);
    }

    public static (string Kid, string Json) Of(RSA key, string algorithm)
    {
        var numbers = key.ExportParameters(includePrivateParameters: false);
        return Finish(
            new JsonObject { ["kty"] = "RSA", ["n"] = Base64Url.EncodeToString(numbers.Modulus), ["e"] = Base64Url.EncodeToString(numbers.Exponent) }, algorithm);
    }

    /// <summary>A key of an algorithm that the base class library lacks.</summary>
    public static (string Kid, string Json) Of(string algorithm, ReadOnlySpan<byte> publicKey, ISignatureLibrary library)
    {
        var text = Base64Url.EncodeToString(publicKey);
        return Finish(
            SigningAlgorithms.IsMlDsa(algorithm) ? new JsonObject { ["kty"] = "AKP", ["pub"] = text } : new JsonObject { ["kty"] = "OKP", ["crv"] = "Ed25519", ["x"] = text },
            algorithm, library);
    }

    private static (string Kid, string Json) Finish(JsonObject jwk, string algorithm, ISignatureLibrary? library = null)
    {
        (jwk["use"], jwk["alg"]) = ("sig", algorithm);
        using var document = JsonDocument.Parse(jwk.ToJsonString());
        if (!PublicJwk.TryParse(document.RootElement, library, out var key)) throw new InvalidOperationException("A key of ours is not one that we take.");
        jwk["kid"] = key.Thumbprint;
        return (key.Thumbprint, jwk.ToJsonString());
    }
}
