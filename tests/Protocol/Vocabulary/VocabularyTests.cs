using System.Net;
using Gatehouse.Protocol.Vocabulary;

namespace Gatehouse.Tests.Protocol.Vocabulary;

/// <summary>Scopes, errors, secrets, grants and addresses: the words that everything else is said in.</summary>
public sealed class VocabularyTests
{
    [Theory] // RFC 6749 §3.3.
    [InlineData("", 0)]
    [InlineData("a", 1)]
    [InlineData("a b a", 2)]
    [InlineData("a A", 2)]
    [InlineData("!#$[]~ things:read", 2)]
    public void A_scope_is_a_list_of_tokens(string text, int count)
    {
        Assert.True(ScopeSet.TryParse(text, out var scopes));
        Assert.Equal(count, scopes.Count);
        Assert.Equal(text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(), scopes);
        Assert.Equal(string.Join(' ', scopes), scopes.ToString());
    }

    [Theory]
    [InlineData(" ")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("a  b")]
    [InlineData("a\tb")]
    [InlineData("a\"b")]
    [InlineData("a\\b")]
    [InlineData("a\u007f")]
    [InlineData("é")]
    public void What_breaks_the_grammar_is_no_scope(string text)
    {
        Assert.False(ScopeSet.TryParse(text, out var scopes));
        Assert.Null(scopes);
    }

    [Fact]
    public void Scopes_are_up_to_128_of_up_to_128_characters()
    {
        Assert.True(ScopeSet.TryParse(string.Join(' ', Enumerable.Range(0, 128)), out _));
        Assert.False(ScopeSet.TryParse(string.Join(' ', Enumerable.Range(0, 129)), out _));
        Assert.True(ScopeSet.IsToken(new string('a', 128)));
        Assert.False(ScopeSet.IsToken(new string('a', 129)));
        Assert.False(ScopeSet.IsToken(string.Empty));
        Assert.Contains("'a b'", Assert.Throws<ArgumentException>(() => ScopeSet.Of("a b")).Message, StringComparison.Ordinal);
        Assert.Same(ScopeSet.Empty, ScopeSet.Of());
    }

    [Fact]
    public void Sets_of_scopes_are_compared_and_combined()
    {
        var (ab, bc, ba, b) = (ScopeSet.Of("a", "b"), ScopeSet.Of("b", "c"), ScopeSet.Of("b", "a"), ScopeSet.Of("b"));
        Assert.True(ab.Contains("a"));
        Assert.False(ab.Contains("c"));
        Assert.True(b.IsSubsetOf(ab));
        Assert.False(ab.IsSubsetOf(b));
        Assert.True(ScopeSet.Empty.IsSubsetOf(b));
        Assert.True(ab.SetEquals(ba));
        Assert.False(ab.SetEquals(bc));
        Assert.False(b.SetEquals(ab));
        Assert.Equal("b", ab.Intersect(bc).ToString());
        Assert.Equal("a", ab.Except(bc).ToString());
        Assert.True(ab.Equals((object)ba));
        Assert.False(ab.Equals((object?)null));
        Assert.False(ab.Equals("a b"));
        Assert.Equal(ab.GetHashCode(), ba.GetHashCode());
        Assert.NotEqual(ab.GetHashCode(), b.GetHashCode());
        Assert.Equal(2, ((System.Collections.IEnumerable)ab).Cast<string>().Count());
    }

    public static TheoryData<OAuthError, string, int> TokenErrors => new()
    {
        { OAuthError.InvalidRequest("It is malformed."), "invalid_request", 400 },
        { OAuthError.InvalidDpopProof("It is malformed."), "invalid_dpop_proof", 400 },
        { OAuthError.InvalidClient, "invalid_client", 401 },
        { OAuthError.TooManyFailures, "invalid_client", 429 },
        { OAuthError.TooManyRequests, "temporarily_unavailable", 429 },
        { OAuthError.UnauthorizedClient, "unauthorized_client", 400 },
        { OAuthError.UnsupportedGrantType, "unsupported_grant_type", 400 },
        { OAuthError.InvalidGrant, "invalid_grant", 400 },
        { OAuthError.UseDpopNonce, "use_dpop_nonce", 400 },
        { OAuthError.InvalidScope, "invalid_scope", 400 },
        { OAuthError.Device("slow_down", "Ask less often."), "slow_down", 400 },
        { OAuthError.InvalidTarget("It is unknown."), "invalid_target", 400 },
        { OAuthError.InvalidAuthorizationDetails("It is unknown."), "invalid_authorization_details", 400 },
        { OAuthError.TemporarilyUnavailable, "temporarily_unavailable", 503 },
    };

    [Theory, MemberData(nameof(TokenErrors), DisableDiscoveryEnumeration = true)]
    public void An_error_has_its_code_its_status_and_a_sentence(OAuthError error, string code, int status)
    {
        Assert.Equal((code, status), (error.Code, error.Status));
        Assert.Matches("^[ !#-\\[\\]-~]{10,}$", error.Description); // RFC 6749 §5.2: neither " nor \.
    }

    [Fact]
    public void Whoever_asks_for_an_unknown_grant_is_told_the_known_ones()
    {
        Assert.Equal(6, GrantType.All.Count);
        Assert.EndsWith(
            "client_credentials, authorization_code, refresh_token, urn:ietf:params:oauth:grant-type:device_code, "
            + "urn:ietf:params:oauth:grant-type:token-exchange, urn:ietf:params:oauth:grant-type:jwt-bearer.",
            OAuthError.UnsupportedGrantType.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_is_random_recognised_and_hidden()
    {
        var (one, other) = (ClientSecret.Generate(), ClientSecret.Generate());
        Assert.Matches("^ghs_[A-Za-z0-9_-]{43}$", one.Reveal());
        Assert.Equal("[client secret]", one.ToString());
        Assert.True(one == new ClientSecret(one.Reveal()));
        Assert.False(one == other);
        Assert.True(one != other);
        Assert.True(one.Equals((object)new ClientSecret(one.Reveal())));
        Assert.False(one.Equals((object)other));
        Assert.False(one.Equals(one.Reveal()));
        Assert.Equal(one.GetHashCode(), other.GetHashCode()); // It is no fingerprint.
    }

    [Fact]
    public void A_trace_is_64_random_bits()
    {
        var traces = Enumerable.Range(0, 100).Select(_ => TraceId.New()).ToHashSet();
        Assert.Equal(100, traces.Count);
        Assert.All(traces, trace => Assert.Matches("^[0-9a-f]{16}$", trace));
    }

    [Fact]
    public void Scopes_of_identity_are_told_in_words()
    {
        Assert.Equal(["openid", "profile", "email", "offline_access"], IdentityScope.All);
        Assert.Equal(4, IdentityScope.All.Select(IdentityScope.InWords).Where(words => words.Contains(' ', StringComparison.Ordinal)).Distinct().Count());
        Assert.Contains("name", IdentityScope.InWords("profile"), StringComparison.Ordinal);
        Assert.Contains("e-mail", IdentityScope.InWords("email"), StringComparison.Ordinal);
        Assert.Equal("things:read", IdentityScope.InWords("things:read"));
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7")]
    [InlineData("::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    public void Attempts_are_counted_by_address_and_by_network_of_64_bits(string source, string network) =>
        Assert.Equal(IPAddress.Parse(network), SourceNetwork.Of(IPAddress.Parse(source)));

    [Theory]
    [InlineData("0.1.2.3")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.1")]
    [InlineData("192.0.2.1")]
    [InlineData("192.88.99.1")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("198.51.100.1")]
    [InlineData("203.0.113.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:a00:1::1")]
    [InlineData("3fff::1")]
    [InlineData("fc00::1")]
    [InlineData("fe80::1")]
    [InlineData("ff02::1")]
    public void Somebodys_own_network_is_not_public(string address) => Assert.False(NetworkReach.IsPublic(IPAddress.Parse(address))); // RFC 6890.

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("11.0.0.1")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("2606:4700::1111")]
    public void Everybodys_network_is(string address) => Assert.True(NetworkReach.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("https://app.example.test/jwks", true)]
    [InlineData("http://app.example.test/jwks", false)]
    [InlineData("https://user@app.example.test/jwks", false)]
    [InlineData("https://app.example.test/jwks#x", false)]
    [InlineData("/jwks", false)]
    [InlineData("", false)]
    public void A_document_is_fetched_over_https_alone(string url, bool isFetchable) => Assert.Equal(isFetchable, NetworkReach.IsFetchable(url));

    [Fact]
    public void The_URL_of_a_document_has_up_to_512_characters()
    {
        Assert.True(NetworkReach.IsFetchable("https://app.example.test/".PadRight(512, 'x')));
        Assert.False(NetworkReach.IsFetchable("https://app.example.test/".PadRight(513, 'x')));
    }
}
