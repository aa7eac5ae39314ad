using System.Diagnostics.CodeAnalysis;
using System.Text;
using Gatehouse.Protocol.Vocabulary;

namespace Gatehouse.Protocol.Forms;

/// <summary>The names and values that nearly every token request has, so that reading one makes no text of them.</summary>
internal static class WellKnown
{
    private const int MaxLength = 32;

    private static readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> Texts = new[]
    {
        "grant_type", "client_id", "client_secret", "scope", "resource", "code", "code_verifier", "redirect_uri", "refresh_token", "token",
        "token_type_hint", "client_assertion", "client_assertion_type", GrantType.ClientCredentials, GrantType.AuthorizationCode,
    }.ToDictionary(text => text, StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    public static bool TryGet(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out string? text)
    {
        text = null;
        Span<char> characters = stackalloc char[MaxLength];
        return utf8.Length <= MaxLength && Ascii.ToUtf16(utf8, characters, out var length) == System.Buffers.OperationStatus.Done
            && Texts.TryGetValue(characters[..length], out text);
    }
}
