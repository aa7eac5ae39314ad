using Gatehouse.Protocol.ClientAuthentication;
using Gatehouse.Tests.Protocol.Jose;

namespace Gatehouse.Tests.Protocol.ClientAuthentication;

/// <summary>What a client assertion must say to prove who sends it (RFC 7523 §3), and each thing that spoils it.</summary>
public sealed class ClientAssertionTests
{
    private const long Now = 1_800_000_000;
    private const string Issuer = "https://auth.example.test";
    private const string Good = """{"iss":"app","sub":"app","aud":"https://auth.example.test","exp":1800000060,"iat":1800000000,"jti":"j1"}""";

    [Fact]
    public void A_good_one_proves_who_it_is()
    {
        var assertion = ClientAssertion.Read(Signer.One.Sign(Good, """{"alg":"ES256","kid":"k1"}"""))!;
        Assert.Equal("app", assertion.ClientId);
        Assert.Equal("k1", assertion.Kid);
        Assert.Equal((string.Empty, 0), (assertion.TokenId, assertion.ExpiresAt));
        Assert.Equal(ClientAssertionFailure.None, assertion.Verify(Signer.One.Keys("\"kid\":\"k1\""), ["ES256"], Issuer, Now));
        Assert.Equal(("j1", Now + 60), (assertion.TokenId, assertion.ExpiresAt));
        Assert.Equal("[client assertion]", assertion.ToString());
        Assert.Equal("urn:ietf:params:oauth:client-assertion-type:jwt-bearer", ClientAssertion.Type);
    }

    [Theory]
    [InlineData("iss", null, ClientAssertionFailure.WrongIssuer)]
    [InlineData("iss", "\"other\"", ClientAssertionFailure.WrongIssuer)]
    [InlineData("iss", "\"APP\"", ClientAssertionFailure.WrongIssuer)]
    [InlineData("aud", null, ClientAssertionFailure.WrongAudience)]
    [InlineData("aud", "\"https://auth.example.test/token\"", ClientAssertionFailure.WrongAudience)]
    [InlineData("aud", "\"https://auth.example.test/\"", ClientAssertionFailure.WrongAudience)]
    [InlineData("aud", "[\"https://auth.example.test\"]", ClientAssertionFailure.WrongAudience)]
    [InlineData("exp", null, ClientAssertionFailure.NoExpiry)]
    [InlineData("exp", "\"1800000060\"", ClientAssertionFailure.NoExpiry)]
    [InlineData("exp", "1800000060.5", ClientAssertionFailure.NoExpiry)]
    [InlineData("exp", "1799999999", ClientAssertionFailure.Expired)]
    [InlineData("exp", "1800000000", ClientAssertionFailure.Expired)]
    [InlineData("exp", "1800000001", ClientAssertionFailure.None)]
    [InlineData("exp", "1800003610", ClientAssertionFailure.None)]
    [InlineData("exp", "1800003611", ClientAssertionFailure.ExpiresTooLate)]
    [InlineData("iat", null, ClientAssertionFailure.None)]
    [InlineData("iat", "1800000010", ClientAssertionFailure.None)]
    [InlineData("iat", "1800000011", ClientAssertionFailure.NotYetValid)]
    [InlineData("iat", "\"1\"", ClientAssertionFailure.NotYetValid)]
    [InlineData("nbf", "1800000010", ClientAssertionFailure.None)]
    [InlineData("nbf", "1800000011", ClientAssertionFailure.NotYetValid)]
    [InlineData("jti", null, ClientAssertionFailure.NoTokenId)]
    [InlineData("jti", "\"\"", ClientAssertionFailure.NoTokenId)]
    [InlineData("jti", "1", ClientAssertionFailure.NoTokenId)]
    public void Each_claim_is_checked(string claim, string? value, ClientAssertionFailure failure) =>
        Assert.Equal(failure, Verify(Signer.Change(Good, claim, value)));

    [Theory]
    [InlineData(256, ClientAssertionFailure.None)]
    [InlineData(257, ClientAssertionFailure.NoTokenId)]
    public void Its_name_is_not_endless(int length, ClientAssertionFailure failure) =>
        Assert.Equal(failure, Verify(Signer.Change(Good, "jti", $"\"{new string('j', length)}\"")));

    [Theory]
    [InlineData("""{"alg":"ES256","typ":"JWT"}""", ClientAssertionFailure.None)]
    [InlineData("""{"alg":"ES256","typ":"jwt"}""", ClientAssertionFailure.None)]
    [InlineData("""{"alg":"ES256","typ":"client-authentication+jwt"}""", ClientAssertionFailure.None)]
    [InlineData("""{"alg":"ES256","typ":"Client-Authentication+JWT"}""", ClientAssertionFailure.None)]
    [InlineData("""{"alg":"ES256","typ":"at+jwt"}""", ClientAssertionFailure.WrongType)]
    [InlineData("""{"alg":"ES256","typ":"logout+jwt"}""", ClientAssertionFailure.WrongType)]
    [InlineData("""{"alg":"ES256","typ":1}""", ClientAssertionFailure.WrongType)]
    [InlineData("""{"alg":"ES256","typ":null}""", ClientAssertionFailure.WrongType)]
    [InlineData("""{"alg":"none"}""", ClientAssertionFailure.WrongSignature)]
    [InlineData("""{"alg":"ES384"}""", ClientAssertionFailure.WrongSignature)]
    [InlineData("""{}""", ClientAssertionFailure.WrongSignature)]
    [InlineData("""{"alg":"ES256","kid":"other"}""", ClientAssertionFailure.WrongSignature)]
    public void Its_header_is_checked(string header, ClientAssertionFailure failure) => Assert.Equal(failure, Verify(Good, header));

    [Fact]
    public void Only_the_keys_of_the_application_count_and_only_its_algorithms()
    {
        var assertion = ClientAssertion.Read(Signer.One.Sign(Good))!;
        Assert.Equal(ClientAssertionFailure.WrongSignature, assertion.Verify(Signer.Another.Keys(), ["ES256"], Issuer, Now));
        Assert.Equal(ClientAssertionFailure.WrongSignature, assertion.Verify(Signer.One.Keys(), ["PS256"], Issuer, Now));
        Assert.Equal(ClientAssertionFailure.WrongAudience, assertion.Verify(Signer.One.Keys(), ["ES256"], "https://other.example.test", Now));
        Assert.Equal(string.Empty, assertion.TokenId);
        Assert.Null(assertion.Kid);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("\"\"")]
    [InlineData("1")]
    public void Without_a_subject_it_is_none(string? subject) => Assert.Null(ClientAssertion.Read(Signer.One.Sign(Signer.Change(Good, "sub", subject))));

    [Fact]
    public void What_is_no_JWT_is_none() => Assert.Null(ClientAssertion.Read("app"));

    private static ClientAssertionFailure Verify(string payload, string header = """{"alg":"ES256"}""") =>
        ClientAssertion.Read(Signer.One.Sign(payload, header))!.Verify(Signer.One.Keys(), ["ES256"], Issuer, Now);
}
