using System.Globalization;
using System.Text;

namespace Gatehouse.Protocol.Vocabulary;

/// <summary>
/// Characters by which a text reads as another than it is: drawn as nothing or as a blank, breaking the line, turning the direction of writing,
/// or without a shape that anybody knows (Unicode: <c>Default_Ignorable_Code_Point</c> and the categories Cc, Cf, Zl, Zp, Co, Cn).
/// </summary>
public static class UnseenCharacters
{
    public static bool AreIn(string text) => text.EnumerateRunes().Any(IsOne);

    public static bool IsOne(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        || rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2800 or 0x3164
            or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0 or (>= 0xE0000 and <= 0xE0FFF);
}
