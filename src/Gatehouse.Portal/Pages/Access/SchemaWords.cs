using System.Text;
using System.Text.Json;

namespace Gatehouse.Portal.Pages.Access;

/// <summary>What a JSON Schema calls the members of an object: by <c>title</c>, else their names are made readable.</summary>
internal readonly struct SchemaWords(JsonElement root, JsonElement schema)
{
    private const string DefinitionPrefix = "#/$defs/";

    public SchemaWords(JsonElement root)
        : this(root, root)
    {
    }

    /// <summary>The words for a member, and the words for what is in it.</summary>
    public (string Label, SchemaWords Inner) Of(string member)
    {
        var inner = Member(Resolve(schema), "properties") is { } properties && Member(properties, member) is { } found ? Resolve(found) : default;
        var label = Member(inner, "title") is { ValueKind: JsonValueKind.String } title && title.GetString() is { Length: > 0 } text ? text : Readable(member);
        return (label, new SchemaWords(root, inner));
    }

    /// <summary>The words for what is in the items of a list.</summary>
    public SchemaWords OfItems() => new(root, Member(Resolve(schema), "items") is { } items ? Resolve(items) : default);

    // A definition may be another name for a second one, but never for itself: the store refuses that.
    private JsonElement Resolve(JsonElement part)
    {
        while (Member(part, "title") is null && Member(part, "$ref") is { ValueKind: JsonValueKind.String } reference
            && reference.GetString() is { } text && text.StartsWith(DefinitionPrefix, StringComparison.Ordinal)
            && Member(root, "$defs") is { } definitions && Member(definitions, text[DefinitionPrefix.Length..]) is { } target) part = target;
        return part;
    }

    private static JsonElement? Member(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var member) ? member : null;

    // instructedAmount and instructed_amount become "Instructed amount".
    private static string Readable(string name)
    {
        var words = new StringBuilder();
        foreach (var c in name)
        {
            if (c is '_' or '-') words.Append(' ');
            else if (char.IsAsciiLetterUpper(c) && words.Length > 0 && char.IsAsciiLetterLower(words[^1])) words.Append(' ').Append(char.ToLowerInvariant(c));
            else words.Append(words.Length == 0 ? char.ToUpperInvariant(c) : c);
        }
        return words.ToString();
    }
}
