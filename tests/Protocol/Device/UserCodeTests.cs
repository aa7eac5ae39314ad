using Gatehouse.Protocol.Device;

namespace Gatehouse.Tests.Protocol.Device;

/// <summary>The code that a person types (RFC 8628 §6.1).</summary>
public sealed class UserCodeTests
{
    [Fact]
    public void It_has_eight_letters_without_vowels_and_differs_each_time()
    {
        var codes = Enumerable.Range(0, 200).Select(_ => UserCode.Generate()).ToHashSet();
        Assert.Equal(200, codes.Count);
        Assert.All(codes, code => Assert.Matches("^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$", code));
        Assert.All(codes, code => Assert.Equal(code, UserCode.Normalize(code)));
        Assert.Equal(20, codes.SelectMany(code => code.Replace("-", string.Empty, StringComparison.Ordinal)).Distinct().Count());
    }

    [Theory]
    [InlineData("WDJB-MJHT", "WDJB-MJHT")]
    [InlineData("wdjbmjht", "WDJB-MJHT")]
    [InlineData(" w d j b . m-j_h/t ", "WDJB-MJHT")]
    [InlineData("WDJB-MJH", null)]
    [InlineData("WDJB-MJHTT", null)]
    [InlineData("WDJB-MJHA", null)]
    [InlineData("WDJB-MJH1", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void What_a_person_typed_is_read_whatever_its_case_and_blanks(string? typed, string? code) => Assert.Equal(code, UserCode.Normalize(typed));

    [Fact]
    public void More_than_64_characters_are_not_read()
    {
        Assert.Equal("WDJB-MJHT", UserCode.Normalize("WDJBMJHT".PadRight(64)));
        Assert.Null(UserCode.Normalize("WDJBMJHT".PadRight(65)));
    }
}
