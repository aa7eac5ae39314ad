using Gatehouse.Protocol.Bearer;
using Gatehouse.Protocol.Dpop;

namespace Gatehouse.Tests.Protocol.Bearer;

/// <summary>The challenges of a protected resource (RFC 6750 §3, RFC 9449 §7.1, RFC 9728 §5.1).</summary>
public sealed class ChallengeTests
{
    private const string Algorithms = "algs=\"ES256 ES384 ES512 PS256 PS384 PS512 RS256 RS384 RS512 EdDSA Ed25519\"";

    private static readonly ChallengedResource Full = new("things", "https://api.example.test/.well-known/oauth-protected-resource", "things:read things:write");
    private static readonly ChallengedResource Bare = new("things", Scope: "");

    [Fact]
    public void Without_authentication_there_is_no_error()
    {
        Assert.Equal(
            "Bearer realm=\"things\", scope=\"things:read things:write\", resource_metadata=\"https://api.example.test/.well-known/oauth-protected-resource\"",
            BearerChallenge.Missing(Full));
        Assert.Equal("Bearer realm=\"things\"", BearerChallenge.Missing(Bare));
    }

    [Fact]
    public void An_error_has_its_code_and_words()
    {
        Assert.Equal(
            "Bearer realm=\"things\", error=\"invalid_token\", error_description=\"It has expired.\", "
            + "resource_metadata=\"https://api.example.test/.well-known/oauth-protected-resource\"",
            BearerChallenge.InvalidToken(Full, "It has expired."));
        Assert.Equal("Bearer realm=\"things\", error=\"invalid_request\", error_description=\"Two ways.\"", BearerChallenge.InvalidRequest(Bare, "Two ways."));
    }

    [Fact]
    public void Too_little_scope_tells_what_is_needed() => Assert.Matches(
        "^Bearer realm=\"things\", error=\"insufficient_scope\", error_description=\"[^\"]*scope[^\"]*\", scope=\"things:read things:write\", resource_metadata=\"[^\"]+\"$",
        BearerChallenge.InsufficientScope(Full));

    [Fact]
    public void Nothing_breaks_out_of_its_quotes() => Assert.Equal(
        "Bearer realm=\"ab ~\", error=\"invalid_token\", error_description=\"x\"",
        BearerChallenge.InvalidToken(new ChallengedResource("a\"\\\r\n\u007fb\u00e9 ~"), "\"x"));

    [Fact]
    public void DPoP_names_its_algorithms()
    {
        Assert.Equal(
            $"DPoP realm=\"things\", scope=\"things:read things:write\", {Algorithms}, "
            + "resource_metadata=\"https://api.example.test/.well-known/oauth-protected-resource\"",
            DpopChallenge.Missing(Full));
        Assert.Equal($"DPoP realm=\"things\", error=\"invalid_dpop_proof\", {Algorithms}", DpopChallenge.InvalidProof(Bare));
        Assert.Equal($"DPoP realm=\"things\", error=\"use_dpop_nonce\", {Algorithms}", DpopChallenge.UseNonce(Bare));
        Assert.Equal($"DPoP realm=\"things\", error=\"invalid_token\", {Algorithms}", DpopChallenge.InvalidToken(Bare));
    }
}
