using System.Text;
using CsCheck;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.BadInput;

/// <summary>Random input: nothing but bytes, good input with a few bytes changed, and what has the right shape and wrong content.</summary>
internal static class Inputs
{
    /// <summary>How often each parser is asked. A failure prints the seed that repeats it.</summary>
    public const int Iterations = 20_000;

    private static readonly string[] Names =
        ["alg", "typ", "kid", "jwk", "crit", "iss", "sub", "aud", "exp", "iat", "nbf", "jti", "htm", "htu", "ath", "nonce", "cnf", "act", "scope", "client_id", "keys", "kty",
            "crv", "x", "y", "n", "e", "use", "key_ops", "request", "grant_id", "state"];

    private static readonly string[] Values =
        ["\"ES256\"", "\"RS256\"", "\"none\"", "\"at+jwt\"", "\"dpop+jwt\"", "\"EC\"", "\"RSA\"", "\"P-256\"", "\"AQAB\"", "\"\"", "null", "true", "[]", "{}", "[[]]", "0", "-1", "1e308",
            "1e-400", "1e99999", "9223372036854775808", "18446744073709551616", "1.5", "\"\\ud800\"", "\"\\u0000\"", "\"https://[::1\"", "\"https://a/\"", "[\"a\",1]", "{\"sub\":\"a\",\"act\":{}}"];

    public static Gen<byte[]> Bytes { get; } = Gen.Byte.Array[0, 300];

    public static Gen<string> Text { get; } = Gen.OneOf(
        Bytes.Select(Encoding.Latin1.GetString), Gen.Char.Array[0, 100].Select(chars => new string(chars)), Gen.Char["azAZ09-_.=+/%&: \"{}[],\\"].Array[0, 200].Select(chars => new string(chars)));

    /// <summary>An object whose members are those that somebody looks for, with values of every type, and now and then twice.</summary>
    public static Gen<string> Json { get; } = Gen.OneOf(
        Gen.Select(OneOf(Names), Gen.OneOf(OneOf(Values), Nested)).Array[0, 8]
            .Select(members => "{" + string.Join(',', members.Select(member => $"\"{member.Item1}\":{member.Item2}")) + "}"),
        Text, Nested);

    /// <summary>Three parts, each the base64url of something.</summary>
    public static Gen<string> Jwt { get; } = Gen.OneOf(
        Gen.Select(Json, Json, Bytes).Select(parts =>
            $"{TokenForge.Encode(parts.Item1)}.{TokenForge.Encode(parts.Item2)}.{System.Buffers.Text.Base64Url.EncodeToString(parts.Item3)}"),
        Text);

    public static Gen<string> OneOf(string[] texts) => Gen.Int[0, texts.Length - 1].Select(place => texts[place]);

    private static Gen<string> Nested => Gen.Int[1, 200].Select(depth => new string('[', depth) + new string(']', depth));

    /// <summary>Good input with up to four bytes exchanged, taken out or put in.</summary>
    public static Gen<string> Near(string good) =>
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Int[0, 2], Gen.Char["aZ09-_.=+/%&: \"{}[],\\\0\u00e9\ud800"]).Array[1, 4].Select(changes =>
        {
            var text = new StringBuilder(good);
            foreach (var (place, kind, value) in changes)
            {
                if (kind == 0 && place < text.Length) text[place] = value;
                else if (kind == 1 && place < text.Length) text.Remove(place, 1);
                else text.Insert(Math.Min(place, text.Length), value);
            }
            return text.ToString();
        });
}
