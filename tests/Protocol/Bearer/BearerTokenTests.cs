using Gatehouse.Protocol.Bearer;

namespace Gatehouse.Tests.Protocol.Bearer;

/// <summary>The token of an <c>Authorization</c> header (RFC 6750 §2.1, RFC 9449 §7.1).</summary>
public sealed class BearerTokenTests
{
    [Theory]
    [InlineData("Bearer abc", "abc")]
    [InlineData("bearer abc", "abc")]
    [InlineData("BEARER   abc ", "abc")]
    [InlineData("DPoP abc", "abc")]
    [InlineData("dpop abc", "abc")]
    [InlineData("Bearer aZ09-._~+/==", "aZ09-._~+/==")]
    [InlineData("Bearer a", "a")]
    public void The_scheme_comes_in_any_case_and_the_token_as_it_is(string header, string token)
    {
        Assert.True(BearerToken.TryParse(header, out var read));
        Assert.Equal(token, read.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("abc")]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer =")]
    [InlineData("Bearerabc")]
    [InlineData("Basic abc")]
    [InlineData(" Bearer abc")]
    [InlineData("Bearer a b")]
    [InlineData("Bearer a\tb")]
    [InlineData("Bearer a=b")]
    [InlineData("Bearer a,b")]
    [InlineData("Bearer a%20")]
    [InlineData("Bearer \"a\"")]
    [InlineData("Bearer é")]
    [InlineData("Bearer a:b")]
    public void What_is_no_b64token_of_a_known_scheme_is_refused(string header) => Assert.False(BearerToken.TryParse(header, out _));

    [Theory]
    [InlineData("Bearer a", true, false)]
    [InlineData("DPoP a", false, true)]
    [InlineData("Basic a", false, false)]
    public void The_scheme_tells_whether_a_proof_comes_along(string header, bool isBearer, bool isDpop) =>
        Assert.Equal((isBearer, isDpop), (BearerToken.IsBearer(header), BearerToken.IsDpop(header)));

    [Fact]
    public void A_token_has_up_to_12288_characters()
    {
        Assert.True(BearerToken.TryParse("Bearer " + new string('a', 12288), out _));
        Assert.False(BearerToken.TryParse("Bearer " + new string('a', 12289), out _));
    }
}
