using System.Text.Json;

namespace Gatehouse.Protocol.AccessTokens;

/// <summary>A token that was exchanged for this one, or for one that was (RFC 8693): when it dies, so does what came of it.</summary>
/// <param name="TokenId">Its <c>jti</c>.</param>
/// <param name="ClientId">The application that it was issued to.</param>
/// <param name="IssuedAt">The second in which it was issued.</param>
public sealed record TokenOrigin(string TokenId, string ClientId, long IssuedAt)
{
    /// <summary>The longest line of tokens that were exchanged one for the other.</summary>
    public const int MaxNumber = 8;

    internal static void WriteTo(Utf8JsonWriter json, IReadOnlyList<TokenOrigin> origins)
    {
        if (origins.Count == 0) return;
        json.WriteStartArray("origin");
        foreach (var origin in origins)
        {
            json.WriteStartObject();
            json.WriteString("jti", origin.TokenId);
            json.WriteString("client_id", origin.ClientId);
            json.WriteNumber("iat", origin.IssuedAt);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>Reads the claim; null when there is one that is malformed.</summary>
    internal static IReadOnlyList<TokenOrigin>? Read(JsonElement payload)
    {
        if (!payload.TryGetProperty("origin", out var array)) return [];
        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() is 0 or > MaxNumber) return null;
        var origins = new List<TokenOrigin>(array.GetArrayLength());
        foreach (var item in array.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Object || !TryText(item, "jti", out var tokenId) || !TryText(item, "client_id", out var clientId)
                || !item.TryGetProperty("iat", out var iat) || iat.ValueKind != JsonValueKind.Number || !iat.TryGetInt64(out var issuedAt)) return null;
            origins.Add(new TokenOrigin(tokenId, clientId, issuedAt));
        }
        return origins;
    }

    private static bool TryText(JsonElement item, string name, out string text)
    {
        text = item.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : string.Empty;
        return text.Length > 0;
    }
}
