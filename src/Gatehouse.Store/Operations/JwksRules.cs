using System.Text.Json;

namespace Gatehouse.Store.Operations;

/// <summary>What a registered JWK set must satisfy (RFC 7591 §2, RFC 7517 §5): public keys only.</summary>
internal static class JwksRules
{
    private const int MaxLength = 16 * 1024;
    private const int MaxKeys = 20;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    // RFC 7518 §6.2.2, §6.3.2, §6.4.1: the members that make a key private or symmetric.
    private static readonly string[] SecretMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    /// <param name="jwks">The set as JSON text; empty when none is registered.</param>
    /// <returns>Null, or what is wrong.</returns>
    public static string? Check(string jwks)
    {
        if (jwks.Length == 0) return null;
        if (jwks.Length > MaxLength) return $"The JWK set may have up to {MaxLength} characters.";
        try
        {
            using var document = JsonDocument.Parse(jwks, Strict);
            return CheckSet(document.RootElement);
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
        if (keys.GetArrayLength() is 0 or > MaxKeys) return $"A JWK set has 1 to {MaxKeys} keys.";
        foreach (var key in keys.EnumerateArray())
        {
            if (key.ValueKind != JsonValueKind.Object || !key.TryGetProperty("kty", out var type) || type.ValueKind != JsonValueKind.String)
                return "Each key is an object with a kty (RFC 7517 §4.1).";
            if (SecretMembers.Any(member => key.TryGetProperty(member, out _)))
                return "The set holds a private or symmetric key. Register public keys only, and replace that key: it has left your hands.";
        }
        return null;
    }
}
