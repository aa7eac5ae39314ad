using System.Text.Json;

namespace Gatehouse.Protocol.AccessTokens;

/// <summary>The <c>act</c> claim (RFC 8693 §4.1): who acts now, and who acted before.</summary>
/// <param name="Subject">The <c>sub</c> of the one who acts.</param>
/// <param name="Prior">Who acted before, if anybody.</param>
public sealed record ActorClaim(string Subject, ActorClaim? Prior)
{
    /// <summary>The longest chain.</summary>
    public const int MaxDepth = 8;

    public int Depth => 1 + (Prior?.Depth ?? 0);

    internal void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject("act");
        json.WriteString("sub", Subject);
        Prior?.WriteTo(json);
        json.WriteEndObject();
    }

    /// <summary>Reads the claim out of a payload or of an outer claim; false when there is one that is malformed.</summary>
    internal static bool TryRead(JsonElement outer, out ActorClaim? actor) => TryRead(outer, MaxDepth, out actor);

    private static bool TryRead(JsonElement outer, int depth, out ActorClaim? actor)
    {
        actor = null;
        if (!outer.TryGetProperty("act", out var act)) return true;
        if (depth == 0 || act.ValueKind != JsonValueKind.Object || !act.TryGetProperty("sub", out var subject)
            || subject.ValueKind != JsonValueKind.String || !TryRead(act, depth - 1, out var prior)) return false;
        actor = new ActorClaim(subject.GetString()!, prior);
        return true;
    }
}
