using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace Gatehouse.Protocol.Jose;

/// <summary>
/// base64url as JOSE uses it (RFC 7515 §2), read strictly: no padding, no blanks, no leftover bits. One value has one spelling, so that a
/// token cannot be re-spelled past a cache or a deny-list.
/// </summary>
public static class StrictBase64Url
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly SearchValues<char> AlphabetSet = SearchValues.Create(Alphabet);

    public static bool TryDecode(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text.Length % 4 == 1 || text.ContainsAnyExcept(AlphabetSet)) return false;
        // The last character of an incomplete group carries 4 or 2 bits that must be zero.
        var unused = (text.Length % 4) switch { 2 => 0b1111, 3 => 0b11, _ => 0 };
        if (unused != 0 && (Alphabet.IndexOf(text[^1], StringComparison.Ordinal) & unused) != 0) return false;
        bytes = Base64Url.DecodeFromChars(text);
        return true;
    }
}
