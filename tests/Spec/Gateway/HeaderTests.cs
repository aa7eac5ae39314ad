using System.Buffers.Text;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Gateway;

/// <summary>What the header of a token cannot bring about.</summary>
public sealed class HeaderTests(TestNode node) : IClassFixture<TestNode>
{
    [Theory, Rfc(8725, "3.10"), Rfc(7515, "4.1"), Requirement("JOSE-08", "9068-15")]
    [InlineData("jku")]
    [InlineData("x5u")]
    [InlineData("kid")]
    [InlineData("jwk")]
    [InlineData("iss")]
    public async Task No_address_in_a_token_is_asked_and_no_key_in_it_is_used(string member)
    {
        await using var publisher = await Publisher.StartAsync();
        var forge = (await TokenForge.WithIssuersKeyAsync(node)).WithAnotherKey();
        var url = publisher.Publish("/keys", AssertingApplication.JwkSet(forge.PublicJwk));
        var token = await node.ObtainTokenAsync(await node.CreateApplicationAsync());

        var forged = forge.Change(token, header => { if (member != "iss") header[member] = member == "jwk" ? forge.PublicJwk : url; },
            payload => { if (member == "iss") payload["iss"] = publisher.Url; });
        using var call = await node.CallAsync("/things", forged);

        await call.IsInvalidTokenAsync("token_bad_signature");
        Assert.Equal(0, publisher.Fetches);
    }

    [Theory, Rfc(8725, "3.3"), Requirement("JOSE-09")]
    [InlineData("""{"alg":"PBES2-HS256+A128KW","enc":"A128CBC-HS256","p2c":2147483647,"p2s":"AAAA","typ":"at+jwt"}""", 3)]
    [InlineData("""{"alg":"PBES2-HS256+A128KW","enc":"A128CBC-HS256","p2c":2147483647,"p2s":"AAAA","typ":"at+jwt"}""", 5)]
    [InlineData("""{"alg":"dir","enc":"A128GCM","zip":"DEF","typ":"at+jwt"}""", 5)]
    public async Task Nothing_encrypted_is_opened(string header, int parts)
    {
        var token = string.Join('.', Enumerable.Repeat(Base64Url.EncodeToString("{}"u8), parts - 1).Prepend(TokenForge.Encode(header)));
        using var call = await node.CallAsync("/things", token);
        Assert.Equal(HttpStatusCode.Unauthorized, call.StatusCode);
    }

    [Theory, Rfc(7797, "6")]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_unencoded_payload_is_not_read_with_or_without_crit(bool value)
    {
        var forge = await TokenForge.WithIssuersKeyAsync(node);
        var token = await node.ObtainTokenAsync(await node.CreateApplicationAsync());
        using var call = await node.CallAsync("/things", forge.Change(token, header => header["b64"] = value));
        await call.IsInvalidTokenAsync("token_malformed");
    }

    // By hand: a client library puts two headers of this name into one.
    [Fact, Rfc(6750, "3.1"), Requirement("6750-10")]
    public async Task Two_Authorization_headers_are_a_bad_request()
    {
        var token = await node.ObtainTokenAsync(await node.CreateApplicationAsync());
        var address = node.Gateway.BaseAddress!;
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(address.Host, address.Port);
        await using var tls = new SslStream(tcp.GetStream(), leaveInnerStreamOpen: false, (_, shown, _, _) => shown is not null && node.CertificatePem.Contains(
            Convert.ToBase64String(shown.GetRawCertData())[..40], StringComparison.Ordinal));
        await tls.AuthenticateAsClientAsync(address.Host);
        await tls.WriteAsync(Encoding.ASCII.GetBytes(
            $"GET /things HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {token}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"));
        using var reader = new StreamReader(tls, Encoding.Latin1);
        var answer = await reader.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("error=\"invalid_request\"", answer, StringComparison.Ordinal);
    }
}
