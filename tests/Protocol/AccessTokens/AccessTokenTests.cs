using System.Buffers;
using System.Text;
using System.Text.Json;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Jose;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Tests.Protocol.Jose;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Tests.Protocol.AccessTokens;

/// <summary>JWT access tokens (RFC 9068): what they say, and when they are believed.</summary>
public sealed class AccessTokenTests
{
    private const long Now = 1_800_000_000;
    private const string Issuer = "https://auth.example.test";
    private const string Good =
        """{"iss":"https://auth.example.test","sub":"client:app","aud":"things","client_id":"app","scope":"a b","iat":1800000000,"exp":1800000060,"jti":"j1"}""";

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(Now));

    [Fact]
    public void A_good_one_is_believed_with_its_key()
    {
        Assert.Equal(AccessTokenFailure.None, Verifier().Verify(Token(Good), out var verified));
        Assert.Equal(Signer.One.Key().Thumbprint, verified!.KeyId);
        var claims = verified.Claims;
        Assert.Equal((Issuer, "client:app", "app", "a b", "j1"), (claims.Issuer, claims.Subject, claims.ClientId, claims.Scope.ToString(), claims.TokenId));
        Assert.Equal((Now, Now + 60, "Bearer"), (claims.IssuedAt, claims.ExpiresAt, claims.TokenType));
        Assert.Equal(["things"], claims.Audience);
        Assert.Equal((null, null, null, 0, 0), (claims.GrantId, claims.Confirmation, claims.Actor, claims.Origins.Count, claims.Details.Count));
    }

    [Theory]
    [InlineData("typ", null, AccessTokenFailure.WrongType)]
    [InlineData("typ", "\"JWT\"", AccessTokenFailure.WrongType)]
    [InlineData("typ", "1", AccessTokenFailure.WrongType)]
    [InlineData("typ", "\"application/at+jwt\"", AccessTokenFailure.None)]
    [InlineData("alg", null, AccessTokenFailure.AlgorithmNotAllowed)]
    [InlineData("alg", "\"none\"", AccessTokenFailure.AlgorithmNotAllowed)]
    [InlineData("alg", "\"HS256\"", AccessTokenFailure.AlgorithmNotAllowed)]
    [InlineData("alg", "\"RS256\"", AccessTokenFailure.AlgorithmNotAllowed)]
    [InlineData("kid", null, AccessTokenFailure.UnknownKey)]
    [InlineData("kid", "\"other\"", AccessTokenFailure.UnknownKey)]
    [InlineData("kid", "1", AccessTokenFailure.UnknownKey)]
    [InlineData("crit", "[]", AccessTokenFailure.Malformed)]
    public void Its_header_is_checked(string member, string? value, AccessTokenFailure failure)
    {
        Assert.Equal(failure, Verifier().Verify(Signer.One.Sign(Good, Signer.Change(Header(), member, value)), out var verified));
        Assert.Equal(failure == AccessTokenFailure.None, verified is not null);
    }

    [Theory]
    [InlineData("iss", "\"https://other.example.test\"", AccessTokenFailure.WrongIssuer)]
    [InlineData("exp", "1800000000", AccessTokenFailure.Expired)]
    [InlineData("exp", "1800000001", AccessTokenFailure.None)]
    [InlineData("iat", "1800000010", AccessTokenFailure.None)]
    [InlineData("iat", "1800000011", AccessTokenFailure.IssuedInTheFuture)]
    public void Its_issuer_and_times_are_checked(string claim, string value, AccessTokenFailure failure)
    {
        Assert.Equal(failure, Verifier().Verify(Token(Signer.Change(Good, claim, value)), out var verified));
        Assert.Equal(failure == AccessTokenFailure.None, verified is not null);
    }

    [Fact]
    public void Another_key_does_not_sign_it()
    {
        Assert.Equal(AccessTokenFailure.BadSignature, Verifier().Verify(Signer.Another.Sign(Good, Header()), out _));
        Assert.Equal(AccessTokenFailure.Malformed, Verifier().Verify("a.b", out _));
    }

    [Fact]
    public void A_key_that_is_gone_is_believed_no_longer()
    {
        var (verifier, one, another) = (Verifier(), Signer.One.Key(), Signer.Another.Key());
        Assert.True(verifier.Knows(one.Thumbprint));
        verifier.SetKeys([one, another]);
        Assert.True(verifier.Knows(one.Thumbprint) && verifier.Knows(another.Thumbprint));
        verifier.SetKeys([another]);
        Assert.False(verifier.Knows(one.Thumbprint));
        Assert.Equal(AccessTokenFailure.UnknownKey, verifier.Verify(Token(Good), out _));
    }

    [Theory]
    [InlineData("iss", null)]
    [InlineData("iss", "\"\"")]
    [InlineData("sub", null)]
    [InlineData("sub", "1")]
    [InlineData("client_id", null)]
    [InlineData("jti", null)]
    [InlineData("iat", null)]
    [InlineData("iat", "\"1800000000\"")]
    [InlineData("iat", "0")]
    [InlineData("exp", null)]
    [InlineData("exp", "\"1800000060\"")]
    [InlineData("exp", "1800000060.5")]
    [InlineData("exp", "1099511627776")]
    [InlineData("aud", null)]
    [InlineData("aud", "1")]
    [InlineData("aud", "[]")]
    [InlineData("aud", "[1]")]
    [InlineData("aud", "[\"a\",1]")]
    [InlineData("scope", "\"\"")]
    [InlineData("scope", "1")]
    [InlineData("scope", "\"a  b\"")]
    [InlineData("grant_id", "\"\"")]
    [InlineData("grant_id", "1")]
    [InlineData("act", "1")]
    [InlineData("act", "{}")]
    [InlineData("act", "{\"sub\":1}")]
    [InlineData("act", "{\"sub\":\"a\",\"act\":{}}")]
    [InlineData("origin", "{}")]
    [InlineData("origin", "[]")]
    [InlineData("origin", "[1]")]
    [InlineData("origin", "[{\"jti\":\"a\"}]")]
    [InlineData("origin", "[{\"client_id\":\"a\"}]")]
    [InlineData("origin", "[{\"jti\":1,\"client_id\":\"a\"}]")]
    [InlineData("origin", "[{\"jti\":\"\",\"client_id\":\"a\",\"iat\":1}]")]
    [InlineData("origin", "[{\"jti\":\"a\",\"client_id\":\"a\"}]")]
    [InlineData("origin", "[{\"jti\":\"a\",\"client_id\":\"a\",\"iat\":\"1\"}]")]
    [InlineData("authorization_details", "[]")]
    [InlineData("authorization_details", "{}")]
    [InlineData("cnf", "1")]
    [InlineData("cnf", "{}")]
    [InlineData("cnf", "{\"jkt\":1}")]
    [InlineData("cnf", "{\"jkt\":\"\"}")]
    [InlineData("cnf", "{\"jwk\":{}}")]
    [InlineData("cnf", "{\"jkt\":\"a\",\"x5t#S256\":\"a\"}")]
    public void A_claim_of_another_type_spoils_it(string claim, string? value)
    {
        Assert.Null(Read(Signer.Change(Good, claim, value)));
        Assert.Equal(AccessTokenFailure.Malformed, Verifier().Verify(Token(Signer.Change(Good, claim, value)), out _));
    }

    [Fact]
    public void What_is_optional_may_be_absent()
    {
        Assert.Equal(ScopeSet.Empty, Read(Signer.Change(Good, "scope", null))!.Scope);
        Assert.Equal(["a", "b"], Read(Signer.Change(Good, "aud", """["a","b"]"""))!.Audience);
        Assert.Equal((1L << 40) - 1, Read(Signer.Change(Good, "exp", "1099511627775"))!.ExpiresAt);
        Assert.Equal(1, Read(Signer.Change(Good, "iat", "1"))!.IssuedAt);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void An_audience_has_up_to_64_names(int count, bool isRead) =>
        Assert.Equal(isRead, Read(Signer.Change(Good, "aud", $"[{string.Join(',', Enumerable.Repeat("\"a\"", count))}]")) is not null);

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public void Actors_and_origins_are_up_to_8(int count, bool isRead)
    {
        var chain = Enumerable.Range(0, count).Aggregate(string.Empty, (inner, n) => $$"""{"sub":"a{{n}}"{{(inner.Length > 0 ? ",\"act\":" + inner : "")}}}""");
        var origins = $"[{string.Join(',', Enumerable.Repeat("""{"jti":"j","client_id":"c","iat":1}""", count))}]";
        Assert.Equal(isRead, Read(Signer.Change(Good, "act", chain)) is not null);
        Assert.Equal(isRead, Read(Signer.Change(Good, "origin", origins)) is not null);
        if (isRead) Assert.Equal(count, Read(Signer.Change(Good, "act", chain))!.Actor!.Depth);
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        var claims = Read(Good)! with
        {
            Audience = ["a", "b"], GrantId = "g", Confirmation = Confirmation.OfDpopKey("t"), Actor = new ActorClaim("x", new ActorClaim("y", null)),
            Origins = [new TokenOrigin("j0", "c0", 1), new TokenOrigin("j1", "c1", 2)], Details = AuthorizationDetails.OfText("""[{"type":"t"}]"""),
        };
        Assert.Equal(
            """{"iss":"https://auth.example.test","sub":"client:app","aud":["a","b"],"client_id":"app","scope":"a b","iat":1800000000,"exp":1800000060"""
            + ""","jti":"j1","grant_id":"g","act":{"sub":"x","act":{"sub":"y"}},"origin":[{"jti":"j0","client_id":"c0","iat":1},{"jti":"j1","client_id":"c1","iat":2}]"""
            + ""","authorization_details":[{"type":"t"}],"cnf":{"jkt":"t"}}""", Write(claims));
        var read = Read(Write(claims))!;
        Assert.Equal((claims.GrantId, claims.Confirmation, claims.Actor, "DPoP"), (read.GrantId, read.Confirmation, read.Actor, read.TokenType));
        Assert.Equal(claims.Origins, read.Origins);
        Assert.Equal((2, "t"), (read.Actor!.Depth, read.Details.All[0].Type));
    }

    [Fact]
    public void What_is_bound_to_a_certificate_is_sent_like_a_bearer_token() // RFC 8705 §3, §3.1.
    {
        var claims = Read(Good)! with { Confirmation = Confirmation.OfCertificate("t"), Scope = ScopeSet.Empty };
        Assert.Equal(
            """{"iss":"https://auth.example.test","sub":"client:app","aud":"things","client_id":"app","iat":1800000000,"exp":1800000060"""
            + ""","jti":"j1","cnf":{"x5t#S256":"t"}}""", Write(claims));
        Assert.Equal((new Confirmation(ConfirmationMethod.Certificate, "t"), "Bearer"), (Read(Write(claims))!.Confirmation!, claims.TokenType));
        Assert.Null(Confirmation.OfDpopKey(null));
        Assert.Null(Confirmation.OfCertificate(null));
    }

    [Fact]
    public void A_new_name_is_random_and_has_128_bits()
    {
        var names = Enumerable.Range(0, 100).Select(_ => AccessTokenClaims.NewTokenId()).ToHashSet();
        Assert.Equal(100, names.Count);
        Assert.All(names, name => Assert.True(StrictBase64Url.TryDecode(name, out var bytes) && bytes.Length == 16));
    }

    private static string Header() => $$"""{"alg":"ES256","typ":"at+jwt","kid":"{{Signer.One.Key().Thumbprint}}"}""";

    private static string Token(string payload) => Signer.One.Sign(payload, Header());

    private static AccessTokenClaims? Read(string payload)
    {
        using var document = JsonDocument.Parse(payload);
        return AccessTokenClaims.Read(document.RootElement);
    }

    private static string Write(AccessTokenClaims claims)
    {
        var bytes = new ArrayBufferWriter<byte>();
        claims.WriteTo(bytes);
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private AccessTokenVerifier Verifier()
    {
        var verifier = new AccessTokenVerifier(Issuer, _clock);
        verifier.SetKeys([Signer.One.Key()]);
        return verifier;
    }
}
