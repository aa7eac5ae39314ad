using System.Globalization;
using System.Text;
using System.Text.Json;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Portal.Pages.Access;

/// <summary>One object of the authorization details, for a person: the words that the API has for its type, and everything that stands in it.</summary>
/// <param name="Api">The name of the API.</param>
/// <param name="Title">What it allows.</param>
/// <param name="Type">The type itself.</param>
/// <param name="Facts">What stands in it. Nothing is left out: whoever allows it must see all of it.</param>
internal sealed record DetailInWords(string Api, string Title, string Type, IReadOnlyList<DetailFact> Facts)
{
    /// <summary>The details in words. One whose type no API has any more is left out: it opens nothing.</summary>
    public static async Task<IReadOnlyList<DetailInWords>> ReadAsync(GatehouseDb db, Guid organizationId, IEnumerable<AuthorizationDetail> details, CancellationToken cancellation)
    {
        var asked = details.ToList();
        if (asked.Count == 0) return [];
        var types = asked.Select(detail => detail.Type).Distinct().ToList();
        var apis = await db.Apis.AsNoTracking().Include(row => row.DetailsTypes).Where(row => row.OrganizationId == organizationId)
            .Where(row => row.DetailsTypes.Any(type => types.Contains(type.Type))).ToListAsync(cancellation);
        var known = apis.SelectMany(api => api.DetailsTypes.Select(type => (api, type))).ToDictionary(pair => pair.type.Type, StringComparer.Ordinal);
        return [.. asked.Where(detail => known.ContainsKey(detail.Type)).Select(detail => Describe(detail, known[detail.Type].api, known[detail.Type].type))];
    }

    private static DetailInWords Describe(AuthorizationDetail detail, Api api, ApiDetailsType type)
    {
        using var schema = JsonDocument.Parse(type.Schema);
        var facts = new List<DetailFact>();
        // The type is said by the title, and the location is the API.
        foreach (var member in detail.Value.EnumerateObject().Where(member => member.Name is not ("type" or "locations")))
            DetailFact.Add(facts, new SchemaWords(schema.RootElement), string.Empty, member);
        return new DetailInWords(api.Name, type.Title, type.Type, facts);
    }
}

/// <summary>A member and its value, or its values when it is a list.</summary>
internal sealed record DetailFact(string Label, IReadOnlyList<string> Values)
{
    private const string Within = " \u203A "; // A small arrow, as in a path.

    /// <summary>Adds a member: one fact, or, when it is an object or a list of objects, a fact for each of theirs.</summary>
    public static void Add(List<DetailFact> facts, SchemaWords schema, string outer, JsonProperty member)
    {
        var (label, inner) = schema.Of(member.Name);
        var name = outer + Visible(label);
        switch (member.Value.ValueKind)
        {
            case JsonValueKind.Object:
                AddMembers(facts, inner, name, member.Value);
                break;
            case JsonValueKind.Array when member.Value.EnumerateArray().Any(item => item.ValueKind is JsonValueKind.Object or JsonValueKind.Array):
                AddItems(facts, inner.OfItems(), name, member.Value);
                break;
            case JsonValueKind.Array when member.Value.GetArrayLength() > 0:
                facts.Add(new DetailFact(name, [.. member.Value.EnumerateArray().Select(InWords)]));
                break;
            default:
                facts.Add(new DetailFact(name, [InWords(member.Value)]));
                break;
        }
    }

    private static void AddMembers(List<DetailFact> facts, SchemaWords schema, string name, JsonElement value)
    {
        var before = facts.Count;
        foreach (var member in value.EnumerateObject()) Add(facts, schema, name + Within, member);
        if (facts.Count == before) facts.Add(new DetailFact(name, ["\u2014"]));
    }

    private static void AddItems(List<DetailFact> facts, SchemaWords schema, string name, JsonElement list)
    {
        var place = 0;
        foreach (var item in list.EnumerateArray())
        {
            var numbered = string.Create(CultureInfo.InvariantCulture, $"{name} {++place}");
            if (item.ValueKind == JsonValueKind.Object) AddMembers(facts, schema, numbered, item);
            else if (item.ValueKind == JsonValueKind.Array) AddItems(facts, schema.OfItems(), numbered, item);
            else facts.Add(new DetailFact(numbered, [InWords(item)]));
        }
    }

    private static string InWords(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString() is { Length: > 0 } text ? Visible(text) : "\u2014",
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Number => value.GetRawText(),
        _ => "\u2014",
    };

    // What nobody sees, or what turns the direction of writing, could make a person read something else than what is allowed.
    private static string Visible(string text)
    {
        if (!UnseenCharacters.AreIn(text)) return text;
        var visible = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (UnseenCharacters.IsOne(rune)) visible.Append(CultureInfo.InvariantCulture, $"[U+{rune.Value:X4}]");
            else visible.Append(rune.ToString());
        }
        return visible.ToString();
    }
}
