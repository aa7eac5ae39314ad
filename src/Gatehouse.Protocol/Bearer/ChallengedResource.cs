using System.Text;

namespace Gatehouse.Protocol.Bearer;

/// <summary>What a challenge says about the resource that refuses (RFC 6750 §3, RFC 9728 §5.1).</summary>
/// <param name="Realm">The <c>realm</c>.</param>
/// <param name="MetadataUrl">Where the resource describes itself, if it does.</param>
/// <param name="Scope">What the call needs; null or empty when a token is enough.</param>
public sealed record ChallengedResource(string Realm, string? MetadataUrl = null, string? Scope = null)
{
    /// <summary>Begins a challenge of a scheme; what else it says is appended.</summary>
    internal StringBuilder Begin(string scheme) => new StringBuilder(scheme).Append(" realm=\"").Append(Quote(Realm)).Append('"');

    internal static StringBuilder Add(StringBuilder challenge, string name, string? value) =>
        string.IsNullOrEmpty(value) ? challenge : challenge.Append(", ").Append(name).Append("=\"").Append(Quote(value)).Append('"');

    // RFC 6750 §3: neither '"' nor '\' nor anything outside printable ASCII may stand in these values.
    private static string Quote(string value) => string.Concat(value.Where(c => c is >= ' ' and <= '~' and not ('"' or '\\')));
}
