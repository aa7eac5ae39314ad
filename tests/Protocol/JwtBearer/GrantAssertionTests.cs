using Gatehouse.Protocol.JwtBearer;
using Gatehouse.Tests.Protocol.Jose;

namespace Gatehouse.Tests.Protocol.JwtBearer;

/// <summary>What the JWT of a trusted issuer must say to give a token here (RFC 7523 §2.1, §3).</summary>
public sealed class GrantAssertionTests
{
    private const long Now = 1_800_000_000;
    private const string Good = """{"iss":"https://ci.example.test","sub":"job:1","aud":["x","https://auth.example.test"],"exp":1800000060,"ref":"main"}""";

    [Fact]
    public void A_good_one_says_who_it_is()
    {
        var assertion = GrantAssertion.Read(Signer.One.Sign(Good, """{"alg":"ES256","kid":"k1","typ":"JWT"}"""))!;
        Assert.Equal(("https://ci.example.test", "job:1", "k1"), (assertion.Issuer, assertion.Subject, assertion.Kid));
        Assert.True(assertion.Says("ref", "main"));
        Assert.False(assertion.Says("ref", "MAIN"));
        Assert.False(assertion.Says("other", "main"));
        Assert.Equal(GrantAssertionFailure.None, assertion.Verify(Signer.One.Keys("\"kid\":\"k1\""), ["https://auth.example.test"], Now));
        Assert.Equal("[grant assertion]", assertion.ToString());
    }

    [Theory]
    [InlineData("aud", null, GrantAssertionFailure.WrongAudience)]
    [InlineData("aud", "\"https://auth.example.test\"", GrantAssertionFailure.None)]
    [InlineData("aud", "\"https://auth.example.test/token\"", GrantAssertionFailure.None)]
    [InlineData("aud", "\"https://other.example.test\"", GrantAssertionFailure.WrongAudience)]
    [InlineData("exp", null, GrantAssertionFailure.NoExpiry)]
    [InlineData("exp", "\"1800000060\"", GrantAssertionFailure.NoExpiry)]
    [InlineData("exp", "1800000000", GrantAssertionFailure.Expired)]
    [InlineData("exp", "1800000001", GrantAssertionFailure.None)]
    [InlineData("exp", "1800086410", GrantAssertionFailure.None)]
    [InlineData("exp", "1800086411", GrantAssertionFailure.ExpiresTooLate)]
    [InlineData("iat", "1800000010", GrantAssertionFailure.None)]
    [InlineData("iat", "1800000011", GrantAssertionFailure.NotYetValid)]
    [InlineData("nbf", "1800000010", GrantAssertionFailure.None)]
    [InlineData("nbf", "1800000011", GrantAssertionFailure.NotYetValid)]
    public void Each_claim_is_checked(string claim, string? value, GrantAssertionFailure failure) =>
        Assert.Equal(failure, Verify(Signer.Change(Good, claim, value)));

    [Theory]
    [InlineData("""{"alg":"ES256","typ":"jwt"}""", GrantAssertionFailure.None)]
    [InlineData("""{"alg":"ES256","typ":"at+jwt"}""", GrantAssertionFailure.WrongType)]
    [InlineData("""{"alg":"ES256","typ":null}""", GrantAssertionFailure.WrongType)]
    [InlineData("""{"alg":"none"}""", GrantAssertionFailure.WrongSignature)]
    [InlineData("""{"alg":"ES256","kid":"other"}""", GrantAssertionFailure.WrongSignature)]
    public void Its_header_is_checked(string header, GrantAssertionFailure failure) => Assert.Equal(failure, Verify(Good, header));

    [Fact]
    public void Only_the_issuers_keys_count() => Assert.Equal(
        GrantAssertionFailure.WrongSignature, GrantAssertion.Read(Signer.Another.Sign(Good))!.Verify(Signer.One.Keys(), ["https://auth.example.test"], Now));

    [Theory]
    [InlineData("iss", null)]
    [InlineData("iss", "\"\"")]
    [InlineData("iss", "1")]
    [InlineData("sub", null)]
    [InlineData("sub", "\"\"")]
    [InlineData("sub", "1")]
    public void Without_issuer_or_subject_it_is_none(string claim, string? value) =>
        Assert.Null(GrantAssertion.Read(Signer.One.Sign(Signer.Change(Good, claim, value))));

    [Fact]
    public void What_is_no_JWT_is_none() => Assert.Null(GrantAssertion.Read("app"));

    private static GrantAssertionFailure Verify(string payload, string header = """{"alg":"ES256"}""") => GrantAssertion
        .Read(Signer.One.Sign(payload, header))!.Verify(Signer.One.Keys(), ["https://auth.example.test", "https://auth.example.test/token"], Now);
}
