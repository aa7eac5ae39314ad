using System.Globalization;
using System.Text;
using Gatehouse.Tests.System.Demo;
using Gatehouse.Tests.System.Processes;

namespace Gatehouse.Tests.System.Wire;

/// <summary>Requests that no client library would send, byte for byte, to the real listeners.</summary>
[Collection(DemoJourneys.Name)]
public sealed class WireTests(SharedDemo shared)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    // RFC 9112 §6.3: two readings of where a body ends are how one request hides in another.
    [Theory, Requirement("Gateway-01")]
    [InlineData("Content-Length: 5\nContent-Length: 6")]
    [InlineData("Content-Length: 5, 6")]
    [InlineData("Content-Length: 0x5")]
    [InlineData("Content-Length: -1")]
    [InlineData("Content-Length : 5")]
    [InlineData("Transfer-Encoding: xchunked")]
    [InlineData("Transfer-Encoding: chunked, identity")]
    [InlineData("Transfer-Encoding : chunked")]
    [InlineData("Transfer-Encoding:\n chunked")]
    public async Task A_body_of_doubtful_length_is_refused_and_the_connection_closed(string framing)
    {
        foreach (var port in (int[])[shared.Facts.Port, shared.Facts.ApiPort])
        {
            var answers = await ExchangeAsync(port, $"POST /as/token.oauth2 HTTP/1.1\nHost: localhost\n{framing}\n\nhello{Hidden}");
            Assert.Single(answers);
            Assert.InRange(answers[0], 400, 501);
        }
    }

    // Just over the limit: of a longer head the rest would still be under way when the server closes, and the reset that
    // answers it can overtake the status.
    [Theory]
    [InlineData("GET /{0} HTTP/1.1\nHost: localhost\n\n", 8 * 1024, 414)]
    [InlineData("GET / HTTP/1.1\nHost: localhost\nX-Long: {0}\n\n", 32 * 1024, 431)]
    [InlineData("GET / HTTP/1.1\nHost: localhost\nAuthorization: Bearer {0}\n\n", 32 * 1024, 431)]
    public async Task An_oversized_head_is_refused(string request, int limit, int status)
    {
        foreach (var port in (int[])[shared.Facts.Port, shared.Facts.ApiPort])
            Assert.Equal([status], await ExchangeAsync(port, request.Replace("{0}", new string('a', limit), StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\n\n")]
    [InlineData("GET / HTTP/1.1\nHost: localhost\nHost: elsewhere\n\n")]
    [InlineData("GET / HTTP/1.1\nHost: local host\n\n")]
    [InlineData("GET /\0 HTTP/1.1\nHost: localhost\n\n")]
    [InlineData("GET / HTTP/1.1\nHost: localhost\nX-Nul: a\0b\n\n")]
    [InlineData("Not a request at all\n\n")]
    public async Task A_malformed_head_is_a_400(string request)
    {
        foreach (var port in (int[])[shared.Facts.Port, shared.Facts.ApiPort]) Assert.Equal([400], await ExchangeAsync(port, request));
    }

    [Theory]
    [InlineData("--tls-max 1.1 --tlsv1.0")]
    [InlineData("--tls-max 1.0 --tlsv1.0")]
    public async Task Old_tls_is_not_spoken(string option)
    {
        foreach (var url in (string[])[shared.Facts.Issuer, shared.Facts.ApiUrl])
        {
            // SECLEVEL=0 lets curl itself speak it; what refuses is the server.
            var finished = await Shell.RunAsync($"curl -sS {option} --ciphers 'DEFAULT@SECLEVEL=0' {url}/pf/JWKS", environment: shared.TrustingCurl);
            Assert.Equal(35, finished.ExitCode); // "A problem occurred in the TLS handshake".
        }
    }

    [Fact, Requirement("6749-16")]
    public async Task Plain_http_gets_no_answer_from_a_tls_port()
    {
        foreach (var port in (int[])[shared.Facts.Port, shared.Facts.ApiPort])
        {
            var finished = await Shell.RunAsync($"curl -sS http://localhost:{port}/");
            Assert.NotEqual(0, finished.ExitCode);
            Assert.Empty(finished.Output);
        }
    }

    private const string Hidden = "GET /pf/JWKS HTTP/1.1\nHost: localhost\nConnection: close\n\n";

    /// <summary>Sends the bytes and returns the status of every answer that came before the connection ended.</summary>
    private async Task<List<int>> ExchangeAsync(int port, string request)
    {
        await using var stream = await TrustingHttp.ConnectAsync(shared.Facts.CaFile, port);
        using var reader = new StreamReader(stream, Encoding.Latin1, leaveOpen: true);
        var answers = new StringBuilder();
        try
        {
            await stream.WriteAsync(Encoding.Latin1.GetBytes(request.Replace("\n", "\r\n", StringComparison.Ordinal)));
            var buffer = new char[4096];
            while (await reader.ReadAsync(buffer).AsTask().WaitAsync(Deadline) is > 0 and var read) answers.Append(buffer, 0, read);
        }
        catch (IOException)
        {
            // The server hung up while it was still being written to; what it said before counts.
        }
        return [.. answers.ToString().Split("HTTP/1.1 ").Skip(1).Select(answer => int.Parse(answer[..3], CultureInfo.InvariantCulture))];
    }
}
