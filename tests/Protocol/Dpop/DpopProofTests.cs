using Gatehouse.Protocol.Dpop;
using Gatehouse.Store.Signatures;
using Gatehouse.Tests.Protocol.Jose;

namespace Gatehouse.Tests.Protocol.Dpop;

/// <summary>What a DPoP proof must say (RFC 9449 §4.3), and each thing that spoils it.</summary>
public sealed class DpopProofTests
{
    private const long Now = 1_800_000_000;
    private const string Token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
    private const string Good =
        """{"jti":"j1","htm":"POST","htu":"https://api.example.test/things","iat":1800000000,"ath":"fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"}""";

    [Fact]
    public void A_good_one_tells_its_key()
    {
        var text = Signer.One.Sign(Signer.Change(Good, "nonce", "\"n\""), Header());
        Assert.Equal(DpopFailure.None, DpopProof.Verify(text, "POST", Url(), Token, Now, SignatureLibrary.Instance, out var proof));
        Assert.Equal(new DpopProof(Signer.One.Key().Thumbprint, "j1", Now, "n", "ES256"), proof);
    }

    [Theory]
    [InlineData("htm", null, DpopFailure.WrongRequest)]
    [InlineData("htm", "\"GET\"", DpopFailure.WrongRequest)]
    [InlineData("htm", "\"post\"", DpopFailure.WrongRequest)]
    [InlineData("htu", null, DpopFailure.WrongRequest)]
    [InlineData("htu", "\"https://api.example.test/things?x=1\"", DpopFailure.None)]
    [InlineData("htu", "\"https://api.example.test/things#x\"", DpopFailure.None)]
    [InlineData("htu", "\"HTTPS://API.example.test:443/things\"", DpopFailure.None)]
    [InlineData("htu", "\"https://api.example.test/%74hings\"", DpopFailure.None)]
    [InlineData("htu", "\"https://api.example.test/a/../things\"", DpopFailure.None)]
    [InlineData("htu", "\"http://api.example.test/things\"", DpopFailure.WrongRequest)]
    [InlineData("htu", "\"http://api.example.test:443/things\"", DpopFailure.WrongRequest)]
    [InlineData("htu", "\"https://api.example.test:444/things\"", DpopFailure.WrongRequest)]
    [InlineData("htu", "\"https://other.example.test/things\"", DpopFailure.WrongRequest)]
    [InlineData("htu", "\"https://api.example.test/Things\"", DpopFailure.WrongRequest)]
    [InlineData("htu", "\"https://api.example.test/things/\"", DpopFailure.WrongRequest)]
    [InlineData("htu", "\"/things\"", DpopFailure.WrongRequest)]
    [InlineData("htu", "1", DpopFailure.WrongRequest)]
    [InlineData("iat", null, DpopFailure.NotFresh)]
    [InlineData("iat", "\"1800000000\"", DpopFailure.NotFresh)]
    [InlineData("iat", "1800000010", DpopFailure.None)]
    [InlineData("iat", "1800000011", DpopFailure.NotFresh)]
    [InlineData("iat", "1799999940", DpopFailure.None)]
    [InlineData("iat", "1799999939", DpopFailure.NotFresh)]
    [InlineData("jti", null, DpopFailure.NoTokenId)]
    [InlineData("jti", "\"\"", DpopFailure.NoTokenId)]
    [InlineData("jti", "1", DpopFailure.NoTokenId)]
    [InlineData("ath", null, DpopFailure.WrongToken)]
    [InlineData("ath", "\"fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEp\"", DpopFailure.WrongToken)]
    public void Each_claim_is_checked(string claim, string? value, DpopFailure failure) => Assert.Equal(failure, Verify(Signer.Change(Good, claim, value)));

    [Theory]
    [InlineData(256, DpopFailure.None)]
    [InlineData(257, DpopFailure.NoTokenId)]
    public void Its_name_is_not_endless(int length, DpopFailure failure) =>
        Assert.Equal(failure, Verify(Signer.Change(Good, "jti", $"\"{new string('j', length)}\"")));

    [Theory]
    [InlineData(4096, DpopFailure.None)]
    [InlineData(4097, DpopFailure.WrongRequest)]
    public void Its_URL_is_not_endless(int length, DpopFailure failure) =>
        Assert.Equal(failure, Verify(Signer.Change(Good, "htu", $"\"{"https://api.example.test/things?".PadRight(length, 'x')}\"")));

    [Fact]
    public void The_hash_of_a_token_counts_only_beside_one() =>
        Assert.Equal(DpopFailure.None, DpopProof.Verify(Signer.One.Sign(Signer.Change(Good, "ath", null), Header()), "POST", Url(), default, Now, null, out _));

    [Theory]
    [InlineData("typ", null, DpopFailure.Malformed)]
    [InlineData("typ", "\"JWT\"", DpopFailure.Malformed)]
    [InlineData("typ", "\"DPOP+JWT\"", DpopFailure.Malformed)]
    [InlineData("jwk", null, DpopFailure.WrongKey)]
    [InlineData("jwk", "{}", DpopFailure.WrongKey)]
    [InlineData("jwk", "1", DpopFailure.WrongKey)]
    [InlineData("alg", null, DpopFailure.WrongSignature)]
    [InlineData("alg", "\"none\"", DpopFailure.WrongSignature)]
    [InlineData("alg", "\"HS256\"", DpopFailure.WrongSignature)]
    [InlineData("alg", "\"ES384\"", DpopFailure.WrongSignature)]
    [InlineData("crit", "[\"x\"]", DpopFailure.Malformed)]
    public void Its_header_is_checked(string member, string? value, DpopFailure failure) =>
        Assert.Equal(failure, Verify(Good, Signer.Change(Header(), member, value)));

    [Theory]
    [InlineData("d")]
    [InlineData("p")]
    [InlineData("q")]
    [InlineData("dp")]
    [InlineData("dq")]
    [InlineData("qi")]
    [InlineData("oth")]
    [InlineData("k")]
    [InlineData("priv")]
    public void A_private_key_is_none(string member) => Assert.Equal(DpopFailure.WrongKey, Verify(Good, Header($"\"{member}\":\"AA\"")));

    [Fact]
    public void The_signature_is_of_the_key_inside()
    {
        Assert.Equal(DpopFailure.WrongSignature, DpopProof.Verify(Signer.Another.Sign(Good, Header()), "POST", Url(), Token, Now, null, out var proof));
        Assert.Null(proof);
    }

    [Fact]
    public void It_has_up_to_8192_characters()
    {
        var text = Signer.One.Sign(Good, Header());
        var filler = (DpopProof.MaxLength - text.Length) / 4 * 3 - 30;
        string Padded(int more) => Signer.One.Sign(Signer.Change(Good, "x", $"\"{new string('x', filler + more)}\""), Header());
        var longest = Enumerable.Range(0, 60).Select(Padded).Last(one => one.Length <= 8192);
        Assert.InRange(longest.Length, 8191, 8192);
        Assert.Equal(DpopFailure.None, DpopProof.Verify(longest, "POST", Url(), Token, Now, null, out _));
        Assert.Equal(DpopFailure.Malformed, DpopProof.Verify(Padded(60), "POST", Url(), Token, Now, null, out _));
        Assert.Equal(8192, DpopProof.MaxLength);
    }

    [Fact]
    public void What_is_no_JWT_is_malformed() => Assert.Equal(DpopFailure.Malformed, DpopProof.Verify("a.b", "POST", Url(), Token, Now, null, out _));

    [Fact]
    public void Every_algorithm_is_asymmetric_and_fits_a_header() => Assert.Equal(
        ["ES256", "ES384", "ES512", "PS256", "PS384", "PS512", "RS256", "RS384", "RS512", "EdDSA", "Ed25519"], DpopProof.Algorithms);

    private static Uri Url() => new("https://api.example.test/things");

    private static string Header(string more = "") => $$"""{"alg":"ES256","typ":"dpop+jwt","jwk":{{Signer.One.Jwk(more)}}}""";

    private static DpopFailure Verify(string payload, string? header = null)
    {
        var failure = DpopProof.Verify(Signer.One.Sign(payload, header ?? Header()), "POST", Url(), Token, Now, null, out var proof);
        Assert.Equal(failure == DpopFailure.None, proof is not null);
        return failure;
    }
}
