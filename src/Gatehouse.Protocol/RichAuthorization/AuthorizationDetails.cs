using System.Text;
using System.Text.Json;

namespace Gatehouse.Protocol.RichAuthorization;

/// <summary>
/// The value of <c>authorization_details</c> (RFC 9396 §2), read strictly and bounded in every direction, so that it fits into an access token
/// and a header. Immutable. Whether a type exists and an object is one of its kind is decided elsewhere.
/// </summary>
public sealed class AuthorizationDetails
{
    /// <summary>The name of the parameter, the claim and the member.</summary>
    public const string Name = "authorization_details";

    /// <summary>The most characters of <see cref="Text"/>.</summary>
    public const int MaxLength = 4096;

    /// <summary>The most objects.</summary>
    public const int MaxCount = 10;

    // The list and the objects in it count; the payload of a token is one level deeper (CompactJws takes 8).
    private const int MaxDepth = 7;

    // With blanks, and before escapes are made one.
    private const int MaxReadLength = 4 * MaxLength;

    private const int MaxNumberLength = 28;
    private const int MaxLocations = 10;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    private AuthorizationDetails(IReadOnlyList<AuthorizationDetail> all, string text) => (All, Text) = (all, text);

    public static AuthorizationDetails None { get; } = new([], string.Empty);

    /// <summary>The objects, in the order in which they were given.</summary>
    public IReadOnlyList<AuthorizationDetail> All { get; }

    public int Count => All.Count;

    /// <summary>One JSON array without blanks, in ASCII; empty when there is no object.</summary>
    public string Text { get; }

    /// <summary>Reads what an application sent.</summary>
    /// <param name="text">The value of the parameter.</param>
    /// <param name="fault">What is wrong with it, in ASCII words that quote nothing of it.</param>
    public static AuthorizationDetails? Parse(string text, out string? fault)
    {
        fault = $"Give at most {MaxLength} characters.";
        if (text.Length > MaxReadLength) return null;
        try
        {
            using var document = JsonDocument.Parse(text, Strict);
            return Read(document.RootElement, out fault);
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException) // Half of a surrogate pair is no JSON either.
        {
            fault = $"It is not JSON without duplicate members, nested up to {MaxDepth} levels.";
            return null;
        }
    }

    /// <summary>Reads the array out of a larger document that was parsed strictly.</summary>
    public static AuthorizationDetails? Read(JsonElement array, out string? fault)
    {
        try
        {
            if ((fault = Check(array)) is not null) return null;
            var text = Write(array);
            fault = text.Length > MaxLength ? $"Give at most {MaxLength} characters." : null;
            return fault is null ? new AuthorizationDetails([.. array.Clone().EnumerateArray().Select(value => new AuthorizationDetail(value))], text) : null;
        }
        catch (InvalidOperationException)
        {
            fault = "A text holds half of a character."; // An escaped lone surrogate.
            return null;
        }
    }

    /// <summary>What was written down as <see cref="Text"/>.</summary>
    /// <exception cref="InvalidOperationException">It was not.</exception>
    public static AuthorizationDetails OfText(string? text) => string.IsNullOrEmpty(text) ? None
        : Parse(text, out var fault) ?? throw new InvalidOperationException($"Stored authorization details cannot be read. {fault}");

    /// <summary>Those for which something holds.</summary>
    public AuthorizationDetails Where(Func<AuthorizationDetail, bool> condition)
    {
        var kept = All.Where(condition).ToList();
        return kept.Count == All.Count ? this : kept.Count == 0 ? None : new AuthorizationDetails(kept, Write(kept));
    }

    /// <summary>Whether both hold the same objects, in whatever order.</summary>
    public bool SetEquals(AuthorizationDetails other) => All.All(other.All.Contains) && other.All.All(All.Contains);

    /// <summary>Writes the member into an object that was begun; nothing when there is no object.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        if (Count == 0) return;
        json.WritePropertyName(Name);
        json.WriteRawValue(Text, skipInputValidation: true);
    }

    public override string ToString() => $"[{Count}]"; // What users allow is nobody's business in a log.

    private static string? Check(JsonElement array)
    {
        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() is 0 or > MaxCount) return $"It is an array of 1 to {MaxCount} objects.";
        foreach (var value in array.EnumerateArray())
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String)
                return "Each is an object with a type, which is a text.";
            if (value.TryGetProperty("locations", out var locations)
                && (locations.ValueKind != JsonValueKind.Array || locations.GetArrayLength() is 0 or > MaxLocations
                    || locations.EnumerateArray().Any(one => one.ValueKind != JsonValueKind.String)))
                return $"The locations are an array of 1 to {MaxLocations} texts.";
            if (!HasPlainNumbers(value)) return $"Write numbers without an exponent, in up to {MaxNumberLength} characters.";
        }
        return null;
    }

    // What every reader after us reads alike; 1e999999999 is a trap for some of them.
    private static bool HasPlainNumbers(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetRawText() is { Length: <= MaxNumberLength } text && !text.AsSpan().ContainsAny('e', 'E'),
        JsonValueKind.Array => value.EnumerateArray().All(HasPlainNumbers),
        JsonValueKind.Object => value.EnumerateObject().All(member => HasPlainNumbers(member.Value)),
        _ => true,
    };

    private static string Write(JsonElement array) => Write(array.WriteTo);

    private static string Write(List<AuthorizationDetail> kept) => Write(json =>
    {
        json.WriteStartArray();
        foreach (var detail in kept) detail.Value.WriteTo(json);
        json.WriteEndArray();
    });

    // The writer's usual encoder: ASCII alone, and nothing that means anything in HTML.
    private static string Write(Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes)) write(json);
        return Encoding.ASCII.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }
}
