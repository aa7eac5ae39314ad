using System.Text;
using Gatehouse.Protocol.ClientAuthentication;

namespace Gatehouse.Tests.Protocol.ClientAuthentication;

/// <summary>HTTP Basic as RFC 6749 §2.3.1 has it.</summary>
public sealed class BasicCredentialsTests
{
    [Theory]
    [InlineData("a:b", "a", "b")]
    [InlineData("a:b:c", "a", "b:c")]
    [InlineData(":b", "", "b")]
    [InlineData("a:", "a", "")]
    [InlineData("a%3Ab:c%20d+e", "a:b", "c d e")]
    [InlineData("%C3%A9:é", "é", "é")]
    public void Both_halves_are_decoded_and_the_first_colon_separates(string text, string id, string secret)
    {
        Assert.True(BasicCredentials.TryParse("Basic " + Encode(text), out var clientId, out var clientSecret));
        Assert.Equal((id, secret), (clientId, clientSecret));
    }

    [Theory]
    [InlineData("Basic YTpi", true)]
    [InlineData("basic YTpi", true)]
    [InlineData("BASIC   YTpi  ", true)]
    [InlineData("Basic", false)]
    [InlineData("BasicYTpi", false)]
    [InlineData("Bearer YTpi", false)]
    [InlineData(" Basic YTpi", false)]
    [InlineData("", false)]
    public void The_scheme_is_known_in_any_case(string header, bool isTaken)
    {
        Assert.Equal(isTaken, BasicCredentials.IsBasic(header));
        Assert.Equal(isTaken, BasicCredentials.TryParse(header, out _, out _));
    }

    [Theory]
    [InlineData("Basic ")]
    [InlineData("Basic YTp")]
    [InlineData("Basic YTpi!")]
    [InlineData("Basic YWI=")] // Without a colon.
    [InlineData("Basic JTp4")] // %:x
    [InlineData("Basic eDol")] // x:%
    [InlineData("Basic /zp4")] // No UTF-8.
    [InlineData("Basic ADp4")] // NUL.
    public void What_is_not_well_formed_is_refused(string header) => Assert.False(BasicCredentials.TryParse(header, out _, out _));

    [Fact]
    public void What_is_no_Basic_gives_no_text()
    {
        Assert.False(BasicCredentials.TryParse("Bearer a", out var clientId, out var clientSecret));
        Assert.Equal((string.Empty, string.Empty), (clientId, clientSecret));
    }

    [Fact]
    public void A_header_has_up_to_4096_characters()
    {
        var longest = "Basic " + Encode("a:" + new string('b', 3064));
        Assert.Equal(4094, longest.Length);
        Assert.True(BasicCredentials.TryParse(longest + "  ", out _, out var secret));
        Assert.Equal(3064, secret.Length);
        Assert.False(BasicCredentials.TryParse(longest + "   ", out _, out _));
    }

    private static string Encode(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
