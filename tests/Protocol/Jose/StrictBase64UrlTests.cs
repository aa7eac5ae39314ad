using Gatehouse.Protocol.Jose;

namespace Gatehouse.Tests.Protocol.Jose;

/// <summary>base64url without padding (RFC 7515 §2, RFC 4648 §5, §3.5): one value, one spelling.</summary>
public sealed class StrictBase64UrlTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("AA", "00")]
    [InlineData("_w", "FF")]
    [InlineData("AAA", "0000")]
    [InlineData("__8", "FFFF")]
    [InlineData("AAAA", "000000")]
    [InlineData("-_-_", "FBFFBF")]
    [InlineData("AAAAAA", "00000000")]
    [InlineData("Zm9vYmFy", "666F6F626172")]
    public void What_is_spelled_in_the_one_way_is_read(string text, string hex)
    {
        Assert.True(StrictBase64Url.TryDecode(text, out var bytes));
        Assert.Equal(hex, Convert.ToHexString(bytes));
    }

    [Theory]
    [InlineData("A")] // No number of bytes has that length.
    [InlineData("AAAAA")]
    [InlineData("AB")] // Leftover bits.
    [InlineData("AI")]
    [InlineData("AP")]
    [InlineData("AAB")]
    [InlineData("AAC")]
    [InlineData("AAD")]
    [InlineData("AA==")]
    [InlineData("AAA=")]
    [InlineData("+/+/")]
    [InlineData("AA A")]
    [InlineData("AAA\n")]
    [InlineData("AAÄA")]
    public void Every_other_spelling_is_refused(string text)
    {
        Assert.False(StrictBase64Url.TryDecode(text, out var bytes));
        Assert.Null(bytes);
    }
}
