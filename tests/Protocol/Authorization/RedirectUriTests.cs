using Gatehouse.Protocol.Authorization;

namespace Gatehouse.Tests.Protocol.Authorization;

/// <summary>Which redirect URIs may be registered (RFC 8252 §7), and which are the registered one (RFC 9700 §2.1).</summary>
public sealed class RedirectUriTests
{
    [Theory]
    [InlineData("https://app.example.test/callback")]
    [InlineData("https://app.example.test/callback?x=1")]
    [InlineData("http://127.0.0.1/callback")]
    [InlineData("http://127.0.0.1:8080/callback")]
    [InlineData("http://[::1]/callback")]
    [InlineData("http://localhost/callback")]
    [InlineData("com.example.app:/callback")]
    public void What_leads_back_to_the_application_alone_may_be_registered(string uri) => Assert.True(RedirectUri.IsAcceptable(uri));

    [Theory]
    [InlineData("")]
    [InlineData("/callback")]
    [InlineData("app.example.test/callback")]
    [InlineData("http://app.example.test/callback")]
    [InlineData("https://app.example.test/callback#x")]
    [InlineData("https://app.example.test/#")]
    [InlineData("https://user@app.example.test/callback")]
    [InlineData("https://*.example.test/callback")]
    [InlineData("https://app.example.test/*")]
    [InlineData("https://app.example.test\\callback")]
    [InlineData("https://app.example.test/<x>")]
    [InlineData("https://app.example.test/\"")]
    [InlineData("https://app.example.test/a b")]
    [InlineData(" https://app.example.test/")]
    [InlineData("https://app.example.test/\u007f")]
    [InlineData("https://app.example.test/\n")]
    [InlineData("https://app.exämple.test/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("myapp:/callback")]
    [InlineData("ftp://127.0.0.1/callback")]
    public void Nothing_else_may(string uri) => Assert.False(RedirectUri.IsAcceptable(uri));

    [Fact]
    public void It_has_up_to_2048_characters()
    {
        Assert.True(RedirectUri.IsAcceptable("https://app.example.test/".PadRight(2048, 'x')));
        Assert.False(RedirectUri.IsAcceptable("https://app.example.test/".PadRight(2049, 'x')));
    }

    [Theory]
    [InlineData("https://app.example.test/callback", "https://app.example.test/callback")]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:49152/callback")]
    [InlineData("http://127.0.0.1:1/callback", "http://127.0.0.1:65535/callback")]
    [InlineData("http://127.0.0.1:80/callback", "http://127.0.0.1/callback")]
    [InlineData("http://[::1]/callback", "http://[::1]:49152/callback")]
    [InlineData("http://127.0.0.1", "http://127.0.0.1:49152")]
    [InlineData("http://127.0.0.1?x=1", "http://127.0.0.1:49152?x=1")]
    [InlineData("http://127.0.0.1/a?x=1", "http://127.0.0.1:1/a?x=1")]
    public void It_matches_itself_and_at_a_loopback_address_with_any_port(string registered, string presented) =>
        Assert.True(RedirectUri.Matches(registered, presented));

    [Theory]
    [InlineData("https://app.example.test/callback", "https://app.example.test/callback/")]
    [InlineData("https://app.example.test/callback", "https://app.example.test/Callback")]
    [InlineData("https://app.example.test/callback", "https://app.example.test/callback?x=1")]
    [InlineData("https://app.example.test/callback", "https://app.example.test:443/callback")]
    [InlineData("https://app.example.test/callback", "http://127.0.0.1/callback")]
    [InlineData("https://127.0.0.1/callback", "https://127.0.0.1:49152/callback")]
    [InlineData("http://localhost/callback", "http://localhost:49152/callback")]
    [InlineData("http://127.0.0.1/callback", "http://[::1]/callback")]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:49152/other")]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:49152/callback?x=1")]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:/callback")]
    [InlineData("http://127.0.0.1/a", "http://127.0.0.1:/a")]
    [InlineData("http://127.0.0.1/a", "http://127.0.0.1:b/a")]
    [InlineData("http://127.0.0.1:0/a", "http://127.0.0.1:99999/b")] // What is malformed has no other spelling.
    [InlineData("http://127.0.0.1@a.example.test", "http://127.0.0.1.b.example.test")]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:0/callback")]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:65536/callback")]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:000080/callback")]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:80a/callback")]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1:80@evil.example.test/callback")]
    [InlineData("http://127.0.0.1/callback", "http://127.0.0.1.evil.example.test/callback")]
    [InlineData("http://127.0.0.1", "http://127.0.0.1@evil.example.test")]
    [InlineData("http://127.0.0.1/callback", "HTTP://127.0.0.1:80/callback")]
    public void It_matches_nothing_else(string registered, string presented) => Assert.False(RedirectUri.Matches(registered, presented));

    [Fact]
    public void What_is_presented_has_up_to_2048_characters()
    {
        var path = new string('x', 2048 - "http://127.0.0.1:1/".Length);
        Assert.True(RedirectUri.Matches($"http://127.0.0.1/{path}", $"http://127.0.0.1:1/{path}"));
        Assert.False(RedirectUri.Matches($"http://127.0.0.1/{path}x", $"http://127.0.0.1:1/{path}x"));
    }
}
