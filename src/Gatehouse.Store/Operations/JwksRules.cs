using System.Text.Json;
using Gatehouse.Protocol.Jose;
using Gatehouse.Store.Signatures;

namespace Gatehouse.Store.Operations;

/// <summary>What a registered JWK set must satisfy (RFC 7591 §2, RFC 7517 §5): public keys only.</summary>
internal static class JwksRules
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <param name="jwks">The set as JSON text; empty when none is registered.</param>
    /// <returns>Null, or what is wrong.</returns>
    public static string? Check(string jwks)
    {
        if (jwks.Length == 0) return null;
        if (jwks.Length > JwkSet.MaxLength) return $"The JWK set may have up to {JwkSet.MaxLength} characters.";
        try
        {
            using var document = JsonDocument.Parse(jwks, Strict);
            if (CheckSet(document.RootElement) is { } fault) return fault;
            return JwkSet.TryParse(jwks, SignatureLibrary.Instance, out var set) && set.Count > 0 ? null
                : "The set holds no key that can verify a signature here: EC on P-256, P-384 or P-521, RSA of 2048 to 4096 bits (RFC 7518 §6), "
                + "OKP on Ed25519 (RFC 8037 §2), or AKP with an alg of ML-DSA (RFC 9964 §3).";
        }
        catch (JsonException)
        {
            return "The JWK set is not JSON.";
        }
    }

    private static string? CheckSet(JsonElement set)
    {
        if (set.ValueKind != JsonValueKind.Object || !set.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array)
            return "A JWK set is an object with a list named keys (RFC 7517 §5).";
        if (keys.GetArrayLength() is 0 or > JwkSet.MaxKeys) return $"A JWK set has 1 to {JwkSet.MaxKeys} keys.";
        foreach (var key in keys.EnumerateArray())
        {
            if (key.ValueKind != JsonValueKind.Object || !key.TryGetProperty("kty", out var type) || type.ValueKind != JsonValueKind.String)
                return "Each key is an object with a kty (RFC 7517 §4.1).";
            if (PublicJwk.SecretMembers.Any(member => key.TryGetProperty(member, out _)))
                return "The set holds a private or symmetric key. Register public keys only, and replace that key: it has left your hands.";
        }
        return null;
    }
}
