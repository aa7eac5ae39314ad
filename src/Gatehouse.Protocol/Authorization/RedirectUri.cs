using System.Buffers;
using System.Globalization;

namespace Gatehouse.Protocol.Authorization;

/// <summary>Redirect URIs: compared as text, character by character (RFC 9700 §2.1), except for the port of a loopback address (RFC 8252 §7.3).</summary>
public static class RedirectUri
{
    /// <summary>The most characters of one.</summary>
    public const int MaxLength = 2048;

    private static readonly SearchValues<char> NeverInside = SearchValues.Create("*#\\<>\"");

    /// <summary>
    /// Whether a URI may be registered: absolute, without fragment, user, pattern or control character; https, http for loopback, or a scheme
    /// of a native application in reverse domain notation (RFC 8252 §7.1).
    /// </summary>
    public static bool IsAcceptable(string text) =>
        text.Length is > 0 and <= MaxLength && text.All(c => c is > ' ' and < '\x7F') && !text.AsSpan().ContainsAny(NeverInside)
        && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0
        && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback) || IsPrivateUse(uri.Scheme));

    /// <summary>Whether the presented URI is the registered one.</summary>
    public static bool Matches(string registered, string presented)
    {
        if (string.Equals(registered, presented, StringComparison.Ordinal)) return true;
        if (presented.Length > MaxLength || !TrySplitLoopback(registered, out var before, out var after)) return false;
        return TrySplitLoopback(presented, out var presentedBefore, out var presentedAfter)
            && before == presentedBefore && after.SequenceEqual(presentedAfter);
    }

    private static bool IsPrivateUse(string scheme) => scheme.Contains('.', StringComparison.Ordinal);

    // The text around the port, so that everything else is compared character by character.
    private static bool TrySplitLoopback(string text, out string before, out ReadOnlySpan<char> after)
    {
        before = string.Empty;
        after = default;
        foreach (var origin in (ReadOnlySpan<string>)["http://127.0.0.1", "http://[::1]"])
        {
            if (!text.StartsWith(origin, StringComparison.Ordinal)) continue;
            var rest = text.AsSpan(origin.Length);
            if (rest is [':', ..])
            {
                var length = rest[1..].IndexOfAnyExceptInRange('0', '9');
                var port = length < 0 ? rest[1..] : rest.Slice(1, length);
                if (port.Length is 0 or > 5 || int.Parse(port, CultureInfo.InvariantCulture) is 0 or > 65535) return false;
                rest = rest[(1 + port.Length)..];
            }
            if (rest is not [] and not ['/', ..] and not ['?', ..]) return false;
            before = origin;
            after = rest;
            return true;
        }
        return false;
    }
}
