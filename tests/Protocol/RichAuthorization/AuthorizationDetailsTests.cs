using System.Text;
using System.Text.Json;
using Gatehouse.Protocol.RichAuthorization;

namespace Gatehouse.Tests.Protocol.RichAuthorization;

/// <summary>The value of <c>authorization_details</c> (RFC 9396 §2), read strictly.</summary>
public sealed class AuthorizationDetailsTests
{
    [Fact]
    public void Its_objects_are_read_in_their_order()
    {
        var details = AuthorizationDetails.Parse(""" [ {"type":"a","locations":["https://x/","https://y/"],"n":1.50}, {"type":"b"} ] """, out var fault)!;
        Assert.Null(fault);
        Assert.Equal("""[{"type":"a","locations":["https://x/","https://y/"],"n":1.50},{"type":"b"}]""", details.Text);
        Assert.Equal((2, "[2]"), (details.Count, details.ToString()));
        Assert.Equal(["a", "b"], details.All.Select(one => one.Type));
        Assert.Equal(["https://x/", "https://y/"], details.All[0].Locations);
        Assert.Empty(details.All[1].Locations);
        Assert.Equal("1.50", details.All[0].Value.GetProperty("n").GetRawText());
        Assert.Equal("a", details.All[0].ToString());
    }

    [Theory]
    [InlineData("", "JSON")]
    [InlineData("[", "JSON")]
    [InlineData("""[{"type":"a","type":"b"}]""", "JSON")]
    [InlineData("""[{"type":"a","x":[[[[[[]]]]]]}]""", "7 levels")]
    [InlineData("{}", "1 to 10 objects")]
    [InlineData("[]", "1 to 10 objects")]
    [InlineData("\"x\"", "1 to 10 objects")]
    [InlineData("[1]", "a type, which is a text")]
    [InlineData("[{}]", "a type, which is a text")]
    [InlineData("""[{"type":1}]""", "a type, which is a text")]
    [InlineData("""[{"type":"a"},{}]""", "a type, which is a text")]
    [InlineData("""[{"type":"a","locations":"x"}]""", "1 to 10 texts")]
    [InlineData("""[{"type":"a","locations":[]}]""", "1 to 10 texts")]
    [InlineData("""[{"type":"a","locations":["x",1]}]""", "1 to 10 texts")]
    [InlineData("""[{"type":"a","n":1e9}]""", "exponent")]
    [InlineData("""[{"type":"a","n":1E9}]""", "exponent")]
    [InlineData("""[{"type":"a","n":[{"m":1e9}]}]""", "exponent")]
    [InlineData("""[{"type":"a","n":12345678901234567890123456789}]""", "28 characters")]
    [InlineData("""[{"type":"a","x":"\ud800"}]""", "half of a character")]
    [InlineData("""[{"type":"\ud800"}]""", "half of a character")]
    public void What_is_wrong_is_told_in_words(string text, string word)
    {
        Assert.Null(AuthorizationDetails.Parse(text, out var fault));
        Assert.Contains(word, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"type":"a","x":[[[[[]]]]]}]""")]
    [InlineData("""[{"type":"a","n":1234567890123456789012345678}]""")]
    [InlineData("""[{"type":"a","n":[1,-2.5,true,null,"e"]}]""")]
    public void What_is_at_the_limit_is_read(string text) => Assert.Equal(text, AuthorizationDetails.Parse(text, out _)!.Text);

    [Theory]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public void Objects_and_locations_are_up_to_10(int count, bool isRead)
    {
        Assert.Equal(isRead, AuthorizationDetails.Parse($"[{string.Join(',', Enumerable.Repeat("""{"type":"a"}""", count))}]", out _) is not null);
        Assert.Equal(isRead, AuthorizationDetails.Parse($$"""[{"type":"a","locations":[{{string.Join(',', Enumerable.Repeat("\"x\"", count))}}]}]""", out _) is not null);
    }

    [Fact]
    public void It_has_up_to_4096_characters_and_four_times_as_many_with_blanks()
    {
        string Of(int length) => $$"""[{"type":"{{new string('a', length - 13)}}"}]""";
        Assert.Equal(4096, AuthorizationDetails.Parse(Of(4096), out _)!.Text.Length);
        Assert.Null(AuthorizationDetails.Parse(Of(4097), out var fault));
        Assert.Contains("4096", fault, StringComparison.Ordinal);
        Assert.NotNull(AuthorizationDetails.Parse(Of(20).PadRight(16384), out _));
        Assert.Null(AuthorizationDetails.Parse(Of(20).PadRight(16385), out fault));
        Assert.Contains("4096", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_written_in_ASCII_that_means_nothing_in_HTML()
    {
        var text = AuthorizationDetails.Parse("""[{"type":"é<"}]""", out _)!.Text;
        Assert.All(text, c => Assert.True(char.IsAscii(c) && c != '<'));
        Assert.Equal("é<", AuthorizationDetails.OfText(text).All[0].Type);
    }

    [Fact]
    public void What_was_stored_is_read_again_and_nothing_else()
    {
        Assert.Same(AuthorizationDetails.None, AuthorizationDetails.OfText(null));
        Assert.Same(AuthorizationDetails.None, AuthorizationDetails.OfText(string.Empty));
        Assert.Contains("1 to 10", Assert.Throws<InvalidOperationException>(() => AuthorizationDetails.OfText("{}")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Some_of_them_are_kept()
    {
        var details = AuthorizationDetails.OfText("""[{"type":"a"},{"type":"b","n":1},{"type":"c"}]""");
        Assert.Equal("""[{"type":"b","n":1},{"type":"c"}]""", details.Where(one => one.Type != "a").Text);
        Assert.Same(details, details.Where(_ => true));
        Assert.Same(AuthorizationDetails.None, details.Where(_ => false));
    }

    [Theory]
    [InlineData("""[{"type":"a","x":1},{"type":"b"}]""", """[{"type":"b"},{"x":1,"type":"a"}]""", true)]
    [InlineData("""[{"type":"a"},{"type":"a"}]""", """[{"type":"a"}]""", true)]
    [InlineData("""[{"type":"a"}]""", """[{"type":"a"},{"type":"b"}]""", false)]
    [InlineData("""[{"type":"a"},{"type":"b"}]""", """[{"type":"a"}]""", false)]
    [InlineData("""[{"type":"a","x":1}]""", """[{"type":"a","x":2}]""", false)]
    [InlineData("""[{"type":"a"}]""", """[{"type":"b"}]""", false)]
    public void The_same_objects_are_the_same_in_whatever_order(string one, string other, bool isSame) =>
        Assert.Equal(isSame, AuthorizationDetails.OfText(one).SetEquals(AuthorizationDetails.OfText(other)));

    [Fact]
    public void An_object_equals_one_that_says_the_same()
    {
        var details = AuthorizationDetails.OfText("""[{"type":"a","x":1},{"x":1,"type":"a"},{"type":"a"}]""").All;
        Assert.True(details[0].Equals((object)details[1]));
        Assert.Equal(details[0].GetHashCode(), details[1].GetHashCode());
        Assert.False(details[0].Equals(details[2]));
        Assert.False(details[0].Equals(null));
        Assert.False(details[0].Equals((object)"a"));
    }

    [Fact]
    public void The_member_is_written_when_there_is_an_object()
    {
        Assert.Equal("""{"authorization_details":[{"type":"a"}]}""", Written(AuthorizationDetails.OfText("""[{"type":"a"}]""")));
        Assert.Equal("{}", Written(AuthorizationDetails.None));
    }

    private static string Written(AuthorizationDetails details)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            details.WriteTo(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.ToArray());
    }
}
