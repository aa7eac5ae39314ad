using System.Security.Cryptography;

namespace Gatehouse.Protocol.Device;

/// <summary>
/// The code that a person carries from a device to a browser (RFC 8628 §6.1): eight letters without vowels, so that no words come about, and
/// without look-alikes; about 34 bits, which is enough because guesses are counted and a code lives for minutes.
/// </summary>
public static class UserCode
{
    private const string Alphabet = "BCDFGHJKLMNPQRSTVWXZ";
    private const int Length = 8;

    /// <summary>A new code, as it is shown: <c>WDJB-MJHT</c>.</summary>
    public static string Generate() => Show(RandomNumberGenerator.GetString(Alphabet, Length));

    /// <summary>Reads what a person typed: case, blanks and punctuation do not matter.</summary>
    /// <returns>The code as it is shown; null when it cannot be one.</returns>
    public static string? Normalize(string? typed)
    {
        if (typed is null || typed.Length > 64) return null;
        var letters = string.Concat(typed.Where(char.IsAsciiLetterOrDigit).Select(char.ToUpperInvariant));
        return letters.Length == Length && letters.All(letter => Alphabet.Contains(letter, StringComparison.Ordinal)) ? Show(letters) : null;
    }

    private static string Show(string letters) => $"{letters[..4]}-{letters[4..]}";
}
