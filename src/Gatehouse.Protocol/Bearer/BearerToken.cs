using System.Buffers;

namespace Gatehouse.Protocol.Bearer;

/// <summary>The token of an <c>Authorization</c> header: of the scheme Bearer (RFC 6750 §2.1), or DPoP (RFC 9449 §7.1).</summary>
public static class BearerToken
{
    /// <summary>The longest token that is looked at, in characters: one signed by ML-DSA-87 has 6,170 of signature alone.</summary>
    public const int MaxLength = 12 * 1024;

    private const string BearerScheme = "Bearer ";
    private const string DpopScheme = "DPoP ";

    // Many at once: one by one they took 1 µs of a call.
    private static readonly SearchValues<char> B64TokenCharacters = SearchValues.Create("-./0123456789+ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz~");

    public static bool IsBearer(ReadOnlySpan<char> authorization) => authorization.StartsWith(BearerScheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>True when the token comes with a proof of a key.</summary>
    public static bool IsDpop(ReadOnlySpan<char> authorization) => authorization.StartsWith(DpopScheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads <c>scheme 1*SP b64token</c>; the scheme in any case.</summary>
    public static bool TryParse(ReadOnlySpan<char> authorization, out ReadOnlySpan<char> token)
    {
        token = default;
        var scheme = IsBearer(authorization) ? BearerScheme : IsDpop(authorization) ? DpopScheme : null;
        if (scheme is null) return false;
        token = authorization[scheme.Length..].Trim(' ');
        return token.Length is > 0 and <= MaxLength && IsB64Token(token);
    }

    // b64token = 1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="
    private static bool IsB64Token(ReadOnlySpan<char> token)
    {
        var body = token.TrimEnd('=');
        return !body.IsEmpty && !body.ContainsAnyExcept(B64TokenCharacters);
    }
}
