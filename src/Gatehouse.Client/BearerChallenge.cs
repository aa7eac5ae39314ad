using System.Net;
using System.Text.RegularExpressions;

namespace Gatehouse.Client;

/// <summary>Reads <c>WWW-Authenticate: Bearer …</c> (RFC 6750 §3).</summary>
internal static partial class BearerChallenge
{
    /// <summary>Whether the API says that the token is expired, revoked or otherwise no good (RFC 6750 §3.1). Another 401, or one without
    /// a reason, would not be cured by a new token.</summary>
    public static bool SaysInvalidToken(HttpResponseMessage response) =>
        response.StatusCode == HttpStatusCode.Unauthorized
        && response.Headers.WwwAuthenticate.Any(challenge =>
            challenge.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) && ErrorOf(challenge.Parameter ?? "") == "invalid_token");

    // Walks all parameters from the start, because a description in quotes may contain text that looks like a parameter.
    private static string? ErrorOf(string parameters)
    {
        for (var match = Parameter.Match(parameters); match.Success; match = match.NextMatch())
            if (match.Groups["name"].ValueSpan.Equals("error", StringComparison.OrdinalIgnoreCase))
                return match.Groups["value"].Value.Trim('"');
        return null;
    }

    [GeneratedRegex("""\G[\s,]*(?<name>[^\s,="]+)\s*=\s*(?<value>"(?:[^"\\]|\\.)*"|[^\s,"]+)""", RegexOptions.CultureInvariant)]
    private static partial Regex Parameter { get; }
}
