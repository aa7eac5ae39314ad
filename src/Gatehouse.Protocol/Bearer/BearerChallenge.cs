using System.Text;

namespace Gatehouse.Protocol.Bearer;

/// <summary>The value of <c>WWW-Authenticate</c> in an answer of a protected resource (RFC 6750 §3).</summary>
public static class BearerChallenge
{
    /// <summary>The request carried no authentication information, so the challenge carries no error (RFC 6750 §3.1).</summary>
    public static string Missing(string realm) => $"Bearer realm=\"{Quote(realm)}\"";

    /// <summary>400: two ways to send a token, or a way that is refused.</summary>
    public static string InvalidRequest(string realm, string description) => Build(realm, "invalid_request", description, null);

    /// <summary>401: expired, malformed, revoked or not meant for this resource.</summary>
    public static string InvalidToken(string realm, string description) => Build(realm, "invalid_token", description, null);

    /// <summary>403: <paramref name="scope"/> names what the call needs.</summary>
    public static string InsufficientScope(string realm, string scope) =>
        Build(realm, "insufficient_scope", "The access token lacks a scope that this call needs.", scope);

    private static string Build(string realm, string error, string description, string? scope)
    {
        var text = new StringBuilder("Bearer realm=\"").Append(Quote(realm))
            .Append("\", error=\"").Append(error)
            .Append("\", error_description=\"").Append(Quote(description)).Append('"');
        if (scope is not null) text.Append(", scope=\"").Append(Quote(scope)).Append('"');
        return text.ToString();
    }

    // RFC 6750 §3: neither '"' nor '\' nor anything outside printable ASCII may stand in these values.
    private static string Quote(string value) => string.Concat(value.Where(c => c is >= ' ' and <= '~' and not ('"' or '\\')));
}
