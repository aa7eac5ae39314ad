using System.Text.Json;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Jose;
using Gatehouse.Store.Signatures;

namespace Gatehouse.Tests.Spec.Vectors;

/// <summary>
/// Project Wycheproof's JSON Web Signature and Key sets against what verifies tokens here. Most of their payloads are no JSON object, which a
/// JWT must be (RFC 7519 §7.2); so each vector is asked two things: whether header, key and signature hold by themselves, and whether the whole
/// would be taken for a token.
/// </summary>
public sealed class WycheproofTests
{
    private const int Signatures = 401;
    private const int Keys = 26;

    [Fact, Rfc(7515, "5.2"), Rfc(8725, "2.1"), Rfc(8725, "3.1")]
    public void Every_signature_is_judged_as_its_file_says() => Judge("json_web_signature_test.json", Signatures);

    [Fact, Rfc(7517, "4"), Rfc(8725, "3.5")]
    public void Every_key_is_judged_as_its_file_says() => Judge("json_web_key_test.json", Keys);

    [Fact, Rfc(9068, "4")]
    public void None_of_them_is_an_access_token()
    {
        var verifier = new AccessTokenVerifier("https://auth.example.test", TimeProvider.System);
        foreach (var (group, test) in Vectors("json_web_signature_test.json").Concat(Vectors("json_web_key_test.json")))
        {
            verifier.SetKeys([.. KeysOf(group).Select(Usable).OfType<PublicJwk>()]);
            Assert.NotEqual(AccessTokenFailure.None, verifier.Verify(Text(test), out _));
        }
    }

    private static void Judge(string file, int count)
    {
        var wrong = new List<string>();
        var (verified, refused, notTaken) = (0, 0, 0);
        foreach (var (group, test) in Vectors(file))
        {
            var isValid = test.GetProperty("result").GetString() == "valid";
            var (isTaken, holds) = (IsTaken(group, test), Holds(group, Text(test)));
            if (isValid && !isTaken) notTaken++;
            else if (isValid) verified++;
            else refused++;
            if (holds != (isValid && isTaken)) wrong.Add($"{test.GetProperty("tcId")} {test.GetProperty("comment")}: {(holds ? "holds" : "does not hold")}");
        }
        Assert.Empty(wrong);
        Assert.Equal(count, verified + refused + notTaken);
        Assert.Equal(file.Contains("key", StringComparison.Ordinal) ? (1, 21, 4) : (32, 355, 14), (verified, refused, notTaken));
    }

    // A vector in an algorithm outside of the closed set is refused whatever its file says, and for that reason: HS256, HS384 and HS512. So is
    // one whose key names another algorithm than its header (RFC 8725 §3.1): "ES521", which is the name of none, and PS256 beside PS384.
    private static bool IsTaken(JsonElement group, JsonElement test) =>
        Algorithm(Text(test)) is { } algorithm && PublicJwk.AllAlgorithms.Contains(algorithm)
        && KeysOf(group).All(key => !key.TryGetProperty("alg", out var alg) || alg.GetString() == algorithm);

    private static bool Holds(JsonElement group, string text)
    {
        var set = JsonSerializer.Serialize(new { keys = KeysOf(group) });
        if (!JwkSet.TryParse(set, SignatureLibrary.Instance, out var keys)) return false;
        var parts = text.Split('.');
        if (parts.Length != 3 || !StrictBase64Url.TryDecode(parts[1], out _)) return false;
        // Header and signature are read as those of a token are, which is why the payload is exchanged for a good one first.
        if (!CompactJws.TryParse($"{parts[0]}.e30.{parts[2]}", out var jws) || jws.HeaderText("alg") is not { } algorithm) return false;
        Assert.False(keys.Verifies(jws, PublicJwk.AllAlgorithms)); // That payload was not signed.
        return KeysOf(group).Select(Usable).OfType<PublicJwk>().Any(key =>
            (jws.HeaderText("kid") is not { } kid || key.Kid == kid)
            && key.Verify(algorithm, System.Text.Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}"), jws.Signature));
    }

    private static PublicJwk? Usable(JsonElement jwk) => PublicJwk.TryParse(jwk, SignatureLibrary.Instance, out var key) ? key : null;

    private static string? Algorithm(string text) =>
        CompactJws.TryParse($"{text.Split('.')[0]}.e30.AA", out var jws) ? jws.HeaderText("alg") : null;

    private static IEnumerable<(JsonElement Group, JsonElement Test)> Vectors(string file) =>
        from @group in VectorFiles.Read("wycheproof", file).GetProperty("testGroups").EnumerateArray()
        from test in @group.GetProperty("tests").EnumerateArray()
        select (@group, test);

    private static List<JsonElement> KeysOf(JsonElement group)
    {
        var key = group.TryGetProperty("public", out var shown) ? shown : group.GetProperty("private");
        return key.TryGetProperty("keys", out var keys) ? [.. keys.EnumerateArray()] : [key];
    }

    // A few vectors are in the JSON serialization (RFC 7515 §7.2): they are presented as they are.
    private static string Text(JsonElement test) =>
        test.GetProperty("jws") is { ValueKind: JsonValueKind.String } text ? text.GetString()! : test.GetProperty("jws").GetRawText();
}
