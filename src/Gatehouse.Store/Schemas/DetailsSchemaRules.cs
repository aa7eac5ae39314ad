using System.Text.Json;

namespace Gatehouse.Store.Schemas;

/// <summary>
/// Which schemas are taken: a part of JSON Schema 2020-12 that can only say yes or no in bounded time. A keyword that is not known here is a
/// mistake (<c>requird</c>) or reaches out (<c>$id</c>, <c>$dynamicRef</c>, a <c>$ref</c> to elsewhere), and is refused.
/// </summary>
internal static class DetailsSchemaRules
{
    private const string Draft = "https://json-schema.org/draft/2020-12/schema";
    private const string DefinitionPrefix = "#/$defs/";
    private const int MaxDepth = 12;

    // Every definition counts as often as it is used: definitions that use each other twice would double at each step.
    private const int MaxSubschemas = 200;

    private static readonly HashSet<string> One = new(StringComparer.Ordinal) { "additionalProperties", "items", "contains", "propertyNames", "not", "if", "then", "else" };
    private static readonly HashSet<string> Listed = new(StringComparer.Ordinal) { "allOf", "anyOf", "oneOf", "prefixItems" };
    private static readonly HashSet<string> Named = new(StringComparer.Ordinal) { "properties", "$defs" };
    private static readonly HashSet<string> Plain = new(StringComparer.Ordinal)
    {
        "type", "enum", "const", "required", "dependentRequired", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "minLength", "maxLength",
        "minItems", "maxItems", "uniqueItems", "minContains", "maxContains", "minProperties", "maxProperties", "title", "description", "default", "examples", "$comment",
    };

    private static readonly string[] Formats = ["date", "date-time", "time", "duration", "uuid", "uri", "email", "ipv4", "ipv6"];

    /// <summary>What is wrong with a schema, in words; null when it can be given to the library.</summary>
    public static string? Check(string text)
    {
        if (text.Length > DetailsSchema.MaxLength) return $"A schema may have up to {DetailsSchema.MaxLength} characters.";
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
            if (document.RootElement.ValueKind != JsonValueKind.Object) return "A schema is a JSON object.";
            new Walk(document.RootElement).Visit(document.RootElement, [], isRoot: true);
            return null;
        }
        catch (Fault fault)
        {
            return fault.Message;
        }
        catch (JsonException)
        {
            return $"The schema is not JSON without duplicate members, nested up to {MaxDepth} levels.";
        }
        catch (InvalidOperationException)
        {
            return "A text of the schema holds half of a character.";
        }
    }

    private sealed class Walk(JsonElement root)
    {
        private int _subschemas;

        public void Visit(JsonElement schema, IReadOnlyList<string> within, bool isRoot = false)
        {
            if (++_subschemas > MaxSubschemas) throw new Fault($"The schema has more than {MaxSubschemas} parts, with each definition counted wherever it is used.");
            if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False) return;
            if (schema.ValueKind != JsonValueKind.Object) throw new Fault("Each part of a schema is an object, true or false.");
            foreach (var member in schema.EnumerateObject()) VisitMember(member, within, isRoot);
        }

        private void VisitMember(JsonProperty member, IReadOnlyList<string> within, bool isRoot)
        {
            var (name, value) = (member.Name, member.Value);
            if (One.Contains(name)) Visit(value, within);
            else if (Listed.Contains(name)) VisitAll(name, value, JsonValueKind.Array, list => list.EnumerateArray(), within);
            else if (name == "$defs" && !isRoot) throw new Fault("Definitions ($defs) stand at the top of the schema.");
            else if (Named.Contains(name)) VisitAll(name, value, JsonValueKind.Object, map => map.EnumerateObject().Select(one => one.Value), within);
            else if (name == "$ref") Follow(value, within);
            else if (name == "pattern") Require(value.ValueKind == JsonValueKind.String ? LinearPattern.Check(value.GetString()!) : "A pattern is a text.");
            else if (name == "format") Require(IsOneOf(value, Formats) ? null : $"The formats are {string.Join(", ", Formats)}.");
            else if (name == "$schema") Require(isRoot && IsOneOf(value, Draft) ? null : $"The one $schema is {Draft}.");
            else if (!Plain.Contains(name)) throw new Fault($"The keyword {Printable(name)} is not taken. There are: {string.Join(", ", [.. Plain, .. One, .. Listed, .. Named, "$ref", "pattern", "format"])}.");
            else if (!HasPlainNumbers(value)) throw new Fault("Write numbers without an exponent, in up to 28 characters.");
        }

        private void VisitAll(string name, JsonElement value, JsonValueKind kind, Func<JsonElement, IEnumerable<JsonElement>> parts, IReadOnlyList<string> within)
        {
            if (value.ValueKind != kind) throw new Fault($"The value of {name} must be {(kind == JsonValueKind.Array ? "a list" : "an object")} of schemas.");
            foreach (var part in parts(value)) Visit(part, within);
        }

        private void Follow(JsonElement reference, IReadOnlyList<string> within)
        {
            var text = reference.ValueKind == JsonValueKind.String ? reference.GetString()! : string.Empty;
            if (!text.StartsWith(DefinitionPrefix, StringComparison.Ordinal) || text[DefinitionPrefix.Length..] is not { Length: > 0 } name
                || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
                throw new Fault($"A $ref leads to a definition of the same schema, such as {DefinitionPrefix}amount. Nothing is fetched.");
            if (within.Contains(name, StringComparer.Ordinal)) throw new Fault($"The definition {name} uses itself.");
            if (!root.TryGetProperty("$defs", out var definitions) || definitions.ValueKind != JsonValueKind.Object || !definitions.TryGetProperty(name, out var target))
                throw new Fault($"There is no definition {name}.");
            Visit(target, [.. within, name]);
        }

        private static void Require(string? fault)
        {
            if (fault is not null) throw new Fault(fault);
        }

        private static bool IsOneOf(JsonElement value, params string[] texts) =>
            value.ValueKind == JsonValueKind.String && texts.Contains(value.GetString(), StringComparer.Ordinal);

        private static bool HasPlainNumbers(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.Number => value.GetRawText() is { Length: <= 28 } text && !text.AsSpan().ContainsAny('e', 'E'),
            JsonValueKind.Array => value.EnumerateArray().All(HasPlainNumbers),
            JsonValueKind.Object => value.EnumerateObject().All(member => HasPlainNumbers(member.Value)),
            _ => true,
        };

        private static string Printable(string name) => string.Concat(name.Where(c => c is > ' ' and <= '~').Take(32));
    }

#pragma warning disable CA1064, CA1032 // It never leaves this class.
    private sealed class Fault(string message) : Exception(message);
#pragma warning restore CA1064, CA1032
}
