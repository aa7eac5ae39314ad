using System.Buffers.Text;

namespace Gatehouse.Bench.Harness.Targets;

/// <summary>Credentials with one bit wrong.</summary>
internal static class Tampered
{
    /// <summary>Another last character: of a secret that ends a form.</summary>
    public static string Change(string form) => form[..^1] + (form[^1] == '0' ? '1' : '0');

    /// <summary>The same header and claims, a signature that is not theirs.</summary>
    public static string ChangeSignature(string token)
    {
        var dot = token.LastIndexOf('.');
        var signature = Base64Url.DecodeFromChars(token.AsSpan(dot + 1));
        signature[^1] ^= 1;
        return $"{token[..dot]}.{Base64Url.EncodeToString(signature)}";
    }
}
