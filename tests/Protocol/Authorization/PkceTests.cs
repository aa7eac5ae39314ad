using Gatehouse.Protocol.Authorization;

namespace Gatehouse.Tests.Protocol.Authorization;

/// <summary>Proof key for code exchange (RFC 7636), by S256.</summary>
public sealed class PkceTests
{
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"; // RFC 7636, Appendix B.
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    [Fact]
    public void The_verifier_of_the_RFC_proves_its_challenge_and_no_other_does()
    {
        Assert.True(Pkce.Proves(Verifier, Challenge));
        Assert.False(Pkce.Proves(Verifier, Verifier)); // That would be plain.
        Assert.False(Pkce.Proves(Verifier, string.Empty));
        Assert.False(Pkce.Proves(Verifier, Challenge + "A"));
        Assert.False(Pkce.Proves("x" + Verifier[1..], Challenge));
        Assert.Equal("S256", Pkce.Method);
    }

    [Fact]
    public void A_verifier_that_is_none_proves_nothing() => // The SHA-256 of the empty text.
        Assert.False(Pkce.Proves(string.Empty, "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU"));

    [Theory]
    [InlineData(42, false)]
    [InlineData(43, true)]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void A_verifier_has_43_to_128_characters(int length, bool isOne) => Assert.Equal(isOne, Pkce.IsVerifier(new string('a', length)));

    [Theory]
    [InlineData('A', true)]
    [InlineData('9', true)]
    [InlineData('-', true)]
    [InlineData('.', true)]
    [InlineData('_', true)]
    [InlineData('~', true)]
    [InlineData('+', false)]
    [InlineData('/', false)]
    [InlineData('=', false)]
    [InlineData(' ', false)]
    [InlineData('é', false)]
    public void A_verifier_has_unreserved_characters(char one, bool isTaken) => Assert.Equal(isTaken, Pkce.IsVerifier(new string('a', 42) + one));

    [Theory]
    [InlineData(Challenge, true)]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN", false)] // Leftover bits.
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c", false)]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cMA", false)]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw+cM", false)]
    [InlineData("", false)]
    public void A_challenge_is_a_SHA_256_in_base64url(string text, bool isOne) => Assert.Equal(isOne, Pkce.IsChallenge(text));
}
