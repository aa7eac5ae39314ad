using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Gatehouse.Protocol.Authorization;

/// <summary>Proof key for code exchange (RFC 7636), by S256 alone: <c>plain</c> proves nothing to whoever reads the request (RFC 9700 §2.1.1).</summary>
public static class Pkce
{
    /// <summary>The one value of <c>code_challenge_method</c>.</summary>
    public const string Method = "S256";

    private const int ChallengeLength = 43;

    /// <summary>A SHA-256 in base64url.</summary>
    public static bool IsChallenge(string text) => text.Length == ChallengeLength && Jose.StrictBase64Url.TryDecode(text, out _);

    /// <summary>43 to 128 unreserved characters (RFC 7636 §4.1).</summary>
    public static bool IsVerifier(string text) =>
        text.Length is >= 43 and <= 128 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~');

    /// <summary>Whether the verifier is what the challenge was made of (RFC 7636 §4.6).</summary>
    public static bool Proves(string verifier, string challenge) =>
        IsVerifier(verifier) && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(verifier)))), Encoding.ASCII.GetBytes(challenge));
}
