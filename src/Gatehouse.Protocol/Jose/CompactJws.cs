using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Gatehouse.Protocol.Jose;

/// <summary>
/// A JWS in compact serialization (RFC 7515 §7.1), taken apart and read strictly: exactly three parts, one JSON object each in header and
/// payload, no duplicate member at any depth, no <c>crit</c> and no <c>b64</c>. Its signature is not verified yet.
/// </summary>
public sealed class CompactJws
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    private CompactJws(JsonElement header, JsonElement payload, byte[] signingInput, byte[] signature)
    {
        Header = header;
        Payload = payload;
        SigningInput = signingInput;
        Signature = signature;
    }

    public JsonElement Header { get; }

    public JsonElement Payload { get; }

    public byte[] SigningInput { get; }

    public byte[] Signature { get; }

    /// <summary>A member of the header that is a text; null when it is absent or something else.</summary>
    public string? HeaderText(string name) => Text(Header, name);

    /// <summary>A member of the payload that is a text; null when it is absent or something else.</summary>
    public string? PayloadText(string name) => Text(Payload, name);

    /// <summary>A NumericDate of the payload (RFC 7519 §2): whole seconds, as a number and in the range of a clock.</summary>
    public bool TryPayloadInstant(string name, out long seconds)
    {
        seconds = 0;
        return Payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt64(out seconds) && seconds is > 0 and < 1L << 40;
    }

    /// <summary>True when an instant of the payload lies further ahead than the skew allows, or is none (RFC 7519 §4.1.5, §4.1.6).</summary>
    public bool IsAhead(string name, long now, int maxSkewSeconds) =>
        Payload.TryGetProperty(name, out _) && (!TryPayloadInstant(name, out var at) || at > now + maxSkewSeconds);

    /// <summary>True when one of the names is the audience or among it (RFC 7519 §4.1.3).</summary>
    public bool IsMeantFor(params IReadOnlyCollection<string> names)
    {
        if (!Payload.TryGetProperty("aud", out var audience)) return false;
        if (audience.ValueKind == JsonValueKind.String) return names.Contains(audience.GetString()!);
        return audience.ValueKind == JsonValueKind.Array
            && audience.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.String && names.Contains(item.GetString()!));
    }

    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out CompactJws? jws)
    {
        jws = null;
        var first = text.IndexOf('.');
        var last = text.LastIndexOf('.');
        if (first <= 0 || last <= first + 1 || text[(first + 1)..last].Contains('.')) return false;
        if (!StrictBase64Url.TryDecode(text[..first], out var header)
            || !StrictBase64Url.TryDecode(text[(first + 1)..last], out var payload)
            || !StrictBase64Url.TryDecode(text[(last + 1)..], out var signature)) return false;
        if (!TryReadObject(header, out var headerObject) || !TryReadObject(payload, out var payloadObject)) return false;
        if (headerObject.TryGetProperty("crit", out _)) return false; // RFC 7515 §4.1.11: no extension is understood here.
        if (headerObject.TryGetProperty("b64", out _)) return false; // RFC 7797 §6: it never comes without crit.
        var signingInput = new byte[last];
        Encoding.ASCII.GetBytes(text[..last], signingInput); // Three parts of base64url and dots: one byte each.
        jws = new CompactJws(headerObject, payloadObject, signingInput, signature);
        return true;
    }

    private static string? Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool TryReadObject(byte[] utf8, out JsonElement value)
    {
        value = default;
        try
        {
            if (!IsText(utf8)) return false;
            value = JsonElement.Parse(utf8, Strict);
            return value.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // Half of a surrogate pair and broken UTF-8 pass as JSON and are no text: reading them later would throw. Only an escape can be such a half
    // in what is UTF-8, and few tokens hold one.
    private static bool IsText(ReadOnlySpan<byte> utf8)
    {
        if (!Utf8.IsValid(utf8)) return false;
        if (!utf8.Contains((byte)'\\')) return true;
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = Strict.MaxDepth });
        try
        {
            while (reader.Read())
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
