namespace Gatehouse.Protocol.Bearer;

/// <summary>The token of an <c>Authorization: Bearer</c> header (RFC 6750 §2.1).</summary>
public static class BearerToken
{
    /// <summary>The longest token that is looked at, in characters.</summary>
    public const int MaxLength = 8192;

    private const string Scheme = "Bearer ";

    public static bool IsBearer(ReadOnlySpan<char> authorization) => authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads <c>"Bearer" 1*SP b64token</c>; the scheme in any case.</summary>
    public static bool TryParse(ReadOnlySpan<char> authorization, out ReadOnlySpan<char> token)
    {
        token = default;
        if (!IsBearer(authorization)) return false;
        token = authorization[Scheme.Length..].Trim(' ');
        return token.Length is > 0 and <= MaxLength && IsB64Token(token);
    }

    // b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
    private static bool IsB64Token(ReadOnlySpan<char> token)
    {
        var body = token.TrimEnd('=');
        if (body.IsEmpty) return false;
        foreach (var c in body)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '_' or '~' or '+' or '/')) return false;
        return true;
    }
}
