using System.Text;
using Gatehouse.Protocol.Jose;

namespace Gatehouse.Tests.Protocol.Jose;

/// <summary>The compact serialization (RFC 7515 §7.1) of a JWT (RFC 7519 §7.2), read strictly.</summary>
public sealed class CompactJwsTests
{
    private const long Now = 1_800_000_000;

    [Fact]
    public void Its_parts_are_taken_apart()
    {
        var text = $"{Signer.Encode("""{"alg":"ES256","n":1}""")}.{Signer.Encode("""{"sub":"a","n":1}""")}.AQI";
        Assert.True(CompactJws.TryParse(text, out var jws));
        Assert.Equal("ES256", jws.HeaderText("alg"));
        Assert.Equal("a", jws.PayloadText("sub"));
        Assert.Null(jws.HeaderText("n"));
        Assert.Null(jws.HeaderText("sub"));
        Assert.Null(jws.PayloadText("n"));
        Assert.Null(jws.PayloadText("alg"));
        Assert.Equal(text[..text.LastIndexOf('.')], Encoding.ASCII.GetString(jws.SigningInput));
        Assert.Equal([1, 2], jws.Signature);
    }

    [Theory]
    [InlineData("")]
    [InlineData("e30")]
    [InlineData("e30.e30")]
    [InlineData("e30.e30.")] // Unsigned (RFC 8725 §3.2) has the right form; the next test says so.
    [InlineData(".e30.AA")]
    [InlineData("e30..AA")]
    [InlineData("e30.e30.e30.AA")]
    [InlineData("e30.e30.AB")]
    [InlineData("e30.e3.AA")]
    [InlineData("e3.e30.AA")]
    [InlineData("e30=.e30.AA")]
    [InlineData("e30.e30=.AA")]
    [InlineData("e30.e30.AA==")]
    [InlineData(" e30.e30.AA")]
    public void What_is_not_three_parts_of_base64url_is_refused(string text)
    {
        var isRead = CompactJws.TryParse(text, out var jws);
        Assert.Equal(text == "e30.e30.", isRead);
        if (!isRead) Assert.Null(jws);
        else Assert.Empty(jws!.Signature); // No algorithm here has an empty signature.
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("\"a\"")]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} ,")]
    [InlineData("{}{}")]
    [InlineData("""{"a":1,"a":2}""")]
    [InlineData("""{"a":{"b":1,"b":1}}""")]
    [InlineData("""{"a":1,"\u0061":2}""")]
    [InlineData("""{"a":"\ud800"}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"a":[[[[[[[[]]]]]]]]}""")]
    [InlineData("""{"a":1,}""")]
    [InlineData("""{/**/}""")]
    public void Header_and_payload_are_one_strict_object_each(string json)
    {
        Assert.False(CompactJws.TryParse($"{Signer.Encode(json)}.e30.AA", out _));
        Assert.False(CompactJws.TryParse($"e30.{Signer.Encode(json)}.AA", out _));
    }

    [Fact]
    public void Seven_levels_within_an_object_are_not_too_many() =>
        Assert.True(CompactJws.TryParse($"e30.{Signer.Encode("""{"a":[[[[[[[]]]]]]]}""")}.AA", out _));

    [Fact]
    public void Broken_UTF_8_is_no_text()
    {
        var bytes = "{\"a\":\"x\"}"u8.ToArray();
        bytes[6] = 0xFF;
        Assert.False(CompactJws.TryParse($"e30.{System.Buffers.Text.Base64Url.EncodeToString(bytes)}.AA", out _));
    }

    [Theory]
    [InlineData("""{"crit":["b64"],"b64":false}""")]
    [InlineData("""{"crit":["x"],"x":1}""")]
    [InlineData("""{"crit":[]}""")]
    [InlineData("""{"crit":null}""")]
    public void No_extension_is_understood(string header) => Assert.False(CompactJws.TryParse($"{Signer.Encode(header)}.e30.AA", out _));

    [Theory]
    [InlineData("1", 1L)]
    [InlineData("1800000000", Now)]
    [InlineData("1099511627775", (1L << 40) - 1)]
    [InlineData("1099511627776", null)]
    [InlineData("0", null)]
    [InlineData("-1", null)]
    [InlineData("1.5", null)]
    [InlineData("1e99999", null)]
    [InlineData("9223372036854775808", null)]
    [InlineData("\"1\"", null)]
    [InlineData("true", null)]
    [InlineData("null", null)]
    [InlineData("[1]", null)]
    public void An_instant_is_a_number_of_whole_seconds(string value, long? seconds)
    {
        var jws = Payload($$"""{"exp":{{value}}}""");
        Assert.Equal(seconds is not null, jws.TryPayloadInstant("exp", out var at));
        if (seconds is not null) Assert.Equal(seconds, at);
        Assert.False(jws.TryPayloadInstant("iat", out _));
    }

    [Theory]
    [InlineData("""{}""", false)]
    [InlineData("""{"nbf":1800000000}""", false)]
    [InlineData("""{"nbf":1800000010}""", false)]
    [InlineData("""{"nbf":1800000011}""", true)]
    [InlineData("""{"nbf":"1"}""", true)]
    [InlineData("""{"nbf":null}""", true)]
    public void Not_before_counts_with_its_skew(string payload, bool isAhead) => Assert.Equal(isAhead, Payload(payload).IsAhead("nbf", Now, 10));

    [Theory]
    [InlineData("""{"aud":"a"}""", true)]
    [InlineData("""{"aud":["a"]}""", true)]
    [InlineData("""{"aud":["x","b"]}""", true)]
    [InlineData("""{"aud":[1,"b"]}""", true)]
    [InlineData("""{"aud":"x"}""", false)]
    [InlineData("""{"aud":["x","y"]}""", false)]
    [InlineData("""{"aud":"A"}""", false)]
    [InlineData("""{"aud":[]}""", false)]
    [InlineData("""{"aud":[["a"]]}""", false)]
    [InlineData("""{"aud":{"a":"a"}}""", false)]
    [InlineData("""{"aud":1}""", false)]
    [InlineData("""{}""", false)]
    public void It_is_meant_for_whoever_is_among_its_audience(string payload, bool isMeant) => Assert.Equal(isMeant, Payload(payload).IsMeantFor("a", "b"));

    private static CompactJws Payload(string json) =>
        CompactJws.TryParse($"e30.{Signer.Encode(json)}.AA", out var jws) ? jws : throw new FormatException(json);
}
