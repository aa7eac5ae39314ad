using System.Buffers.Text;
using System.Security.Cryptography;

namespace Gatehouse.Protocol.Vocabulary;

/// <summary>
/// A generated client secret: the prefix <c>ghs_</c> (so that scanners recognise a leaked one) and 256 random bits in base64url.
/// Hides itself from logs; <see cref="Reveal"/> is the only way to the text.
/// </summary>
public readonly struct ClientSecret : IEquatable<ClientSecret>
{
    /// <summary>A longer text is never compared.</summary>
    public const int MaxLength = 256;

    private readonly string _text;

    public ClientSecret(string text) => _text = text;

    public static ClientSecret Generate() => new("ghs_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)));

    public string Reveal() => _text;

    public override string ToString() => "[client secret]";

    public bool Equals(ClientSecret other) => CryptographicOperations.FixedTimeEquals(
        System.Text.Encoding.UTF8.GetBytes(_text), System.Text.Encoding.UTF8.GetBytes(other._text));

    public override bool Equals(object? obj) => obj is ClientSecret other && Equals(other);

    public override int GetHashCode() => 0; // A hash of the text would be a fingerprint of it.

    public static bool operator ==(ClientSecret left, ClientSecret right) => left.Equals(right);

    public static bool operator !=(ClientSecret left, ClientSecret right) => !left.Equals(right);
}
