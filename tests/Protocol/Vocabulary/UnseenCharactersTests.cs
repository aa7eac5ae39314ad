using System.Text;
using Gatehouse.Protocol.Vocabulary;

namespace Gatehouse.Tests.Protocol.Vocabulary;

/// <summary>Characters by which a text reads as another than it is.</summary>
public sealed class UnseenCharactersTests
{
    [Theory]
    [InlineData(0x0009)]
    [InlineData(0x007F)]
    [InlineData(0x200B)]
    [InlineData(0x202E)]
    [InlineData(0x2028)]
    [InlineData(0x2029)]
    [InlineData(0xE000)]
    [InlineData(0x0378)]
    [InlineData(0x034F)]
    [InlineData(0x115F)]
    [InlineData(0x1160)]
    [InlineData(0x17B4)]
    [InlineData(0x17B5)]
    [InlineData(0x180B)]
    [InlineData(0x180D)]
    [InlineData(0x180F)]
    [InlineData(0x2800)]
    [InlineData(0x3164)]
    [InlineData(0xFE00)]
    [InlineData(0xFE0F)]
    [InlineData(0xFFA0)]
    [InlineData(0xE0000)]
    [InlineData(0xE0100)]
    [InlineData(0xE01EF)]
    [InlineData(0xE0FFF)]
    public void What_nobody_sees_is_one(int character)
    {
        Assert.True(UnseenCharacters.IsOne(new Rune(character)));
        Assert.True(UnseenCharacters.AreIn("ACME" + new Rune(character)));
    }

    [Theory]
    [InlineData(0x0020)]
    [InlineData(0x0041)]
    [InlineData(0x00FC)]
    [InlineData(0x034E)]
    [InlineData(0x0350)]
    [InlineData(0x115E)]
    [InlineData(0x1161)]
    [InlineData(0x17B3)]
    [InlineData(0x17B6)]
    [InlineData(0x180A)]
    [InlineData(0x1810)]
    [InlineData(0x27FF)]
    [InlineData(0x2801)]
    [InlineData(0x3163)]
    [InlineData(0x3165)]
    [InlineData(0xFE10)]
    [InlineData(0xFFA1)]
    [InlineData(0x1F4E6)]
    public void What_is_drawn_is_none(int character)
    {
        Assert.False(UnseenCharacters.IsOne(new Rune(character)));
        Assert.False(UnseenCharacters.AreIn("ACME" + new Rune(character)));
    }
}
