using Gatehouse.Protocol.Authorization;
using Gatehouse.Protocol.Jose;
using Gatehouse.Tests.Protocol.Jose;

namespace Gatehouse.Tests.Protocol.Authorization;

/// <summary>A signed authorization request (RFC 9101): what it must say, and which parameters it holds.</summary>
public sealed class RequestObjectTests
{
    private const long Now = 1_800_000_000;
    private const string Issuer = "https://auth.example.test";
    private const string Good = """{"iss":"app","aud":"https://auth.example.test","client_id":"app","exp":1800000060,"state":"s","scope":"a b"}""";

    [Theory]
    [InlineData("aud", "[\"x\",\"https://auth.example.test\"]")]
    [InlineData("exp", "1800000001")]
    [InlineData("exp", "1800003610")]
    [InlineData("iat", "1800000010")]
    [InlineData("nbf", "1800000010")]
    [InlineData("x", "1")]
    public void A_good_one_is_the_applications(string claim, string value) => Assert.Null(Check(Signer.Change(Good, claim, value)));

    [Theory]
    [InlineData("iss", null, "iss")]
    [InlineData("iss", "\"other\"", "iss")]
    [InlineData("aud", null, "aud")]
    [InlineData("aud", "\"https://other.example.test\"", "https://auth.example.test")]
    [InlineData("client_id", null, "client_id")]
    [InlineData("client_id", "\"other\"", "client_id")]
    [InlineData("request", "\"x\"", "another")]
    [InlineData("request_uri", "\"x\"", "another")]
    [InlineData("exp", null, "seconds")]
    [InlineData("exp", "\"1800000060\"", "seconds")]
    [InlineData("exp", "1800000000", "expired")]
    [InlineData("exp", "1800003611", "3600")]
    [InlineData("iat", "1800000011", "future")]
    [InlineData("nbf", "1800000011", "future")]
    public void What_is_wrong_is_told_in_words(string claim, string? value, string word) =>
        Assert.Contains(word, Check(Signer.Change(Good, claim, value)), StringComparison.Ordinal);

    [Theory]
    [InlineData("\"JWT\"", true)]
    [InlineData("\"jwt\"", true)]
    [InlineData("\"oauth-authz-req+jwt\"", true)]
    [InlineData("\"OAuth-Authz-Req+JWT\"", true)]
    [InlineData("\"at+jwt\"", false)]
    [InlineData("1", false)]
    [InlineData("null", false)]
    public void What_says_that_it_is_something_else_is_no_request(string type, bool isOne)
    {
        var fault = Check(Good, $$"""{"alg":"ES256","typ":{{type}}}""");
        if (isOne) Assert.Null(fault);
        else Assert.Contains("typ", fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Only_the_applications_keys_and_algorithms_count()
    {
        var request = RequestObject.Read(Signer.One.Sign(Good, """{"alg":"ES256","kid":"k1"}"""))!;
        Assert.Equal("k1", request.Kid);
        Assert.Null(request.Check(Signer.One.Keys("\"kid\":\"k1\""), ["ES256"], "app", Issuer, Now));
        Assert.Contains("signed", request.Check(Signer.One.Keys("\"kid\":\"k2\""), ["ES256"], "app", Issuer, Now), StringComparison.Ordinal);
        Assert.Contains("signed", request.Check(Signer.One.Keys("\"kid\":\"k1\""), ["PS256"], "app", Issuer, Now), StringComparison.Ordinal);
        Assert.Contains("signed", request.Check(JwkSet.Empty, ["ES256"], "app", Issuer, Now), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_JWT_is_none() => Assert.Null(RequestObject.Read("app"));

    [Fact]
    public void It_holds_the_parameters_and_not_what_it_says_about_itself()
    {
        var form = Parameters(
            """{"iss":"1","aud":"2","exp":3,"nbf":4,"iat":5,"jti":"6","sub":"7","client_id":"app","state":"s","max_age":60,"resource":["a","b"],"x":{"y":1}}""")!;
        Assert.All((string[])["iss", "aud", "exp", "nbf", "iat", "jti", "sub"], name => Assert.Null(form[name]));
        Assert.Equal(("app", "s", "60", """{"y":1}"""), (form["client_id"], form["state"], form["max_age"], form["x"]));
        Assert.Equal(["a", "b"], form.All("resource"));
    }

    [Fact]
    public void Authorization_details_stay_the_array_that_they_are()
    {
        Assert.Equal("""[{"type":"a"}]""", Parameters("""{"authorization_details":[{"type":"a"}]}""")!["authorization_details"]);
        Assert.Equal("""["a"]""", Parameters("""{"authorization_details":["a"]}""")!["authorization_details"]);
        Assert.Equal("\"[]\"", Parameters("""{"authorization_details":"[]"}""")!["authorization_details"]);
    }

    [Fact]
    public void A_list_in_which_not_all_is_text_is_no_list_of_values() => Assert.Equal("""["a",1]""", Parameters("""{"resource":["a",1]}""")!["resource"]);

    [Fact]
    public void A_parameter_that_comes_twice_is_not_to_be_read() => Assert.Null(Parameters("""{"state":["a","b"]}"""));

    private static Gatehouse.Protocol.Forms.FormBody? Parameters(string payload) => RequestObject.Read(Signer.One.Sign(payload))!.Parameters();

    private static string? Check(string payload, string header = """{"alg":"ES256"}""") =>
        RequestObject.Read(Signer.One.Sign(payload, header))!.Check(Signer.One.Keys(), ["ES256"], "app", Issuer, Now);
}
