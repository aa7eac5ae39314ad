using System.Text;
using System.Text.Json;

namespace Gatehouse.CommandLine;

/// <summary>Reads an answer leniently for showing it: what is absent is empty.</summary>
internal static class JsonText
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    /// <summary>A member as text that is safe to print.</summary>
    public static string Text(this JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) && member.ValueKind != JsonValueKind.Null
            ? Printable(member.ToString())
            : string.Empty;

    public static IEnumerable<JsonElement> Items(this JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.Array
            ? member.EnumerateArray()
            : [];

    /// <summary>Without control characters: a description must not command the terminal that shows it.</summary>
    public static string Printable(string text) => string.Concat(text.Where(c => !char.IsControl(c)));

    /// <summary>The value over several lines, for <c>--json</c>.</summary>
    public static string Indent(JsonElement value)
    {
        using var output = new MemoryStream();
        using (var json = new Utf8JsonWriter(output, Indented)) value.WriteTo(json);
        return Encoding.UTF8.GetString(output.ToArray());
    }
}
