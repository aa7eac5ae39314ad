using System.Text.Json;

namespace Gatehouse.Protocol.RichAuthorization;

/// <summary>One object of <c>authorization_details</c> (RFC 9396 §2): what is asked for or allowed, of one type.</summary>
public sealed class AuthorizationDetail : IEquatable<AuthorizationDetail>
{
    internal AuthorizationDetail(JsonElement value)
    {
        Value = value;
        Type = value.GetProperty("type").GetString()!;
        Locations = value.TryGetProperty("locations", out var locations) ? [.. locations.EnumerateArray().Select(one => one.GetString()!)] : [];
    }

    public string Type { get; }

    /// <summary>The resources it is meant for (RFC 9396 §2.2); empty when it names none.</summary>
    public IReadOnlyList<string> Locations { get; }

    /// <summary>The whole object.</summary>
    public JsonElement Value { get; }

    /// <summary>Whether both say the same; the order of members does not count.</summary>
    public bool Equals(AuthorizationDetail? other) => other is not null && Type == other.Type && JsonElement.DeepEquals(Value, other.Value);

    public override bool Equals(object? obj) => Equals(obj as AuthorizationDetail);

    public override int GetHashCode() => Type.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Type;
}
