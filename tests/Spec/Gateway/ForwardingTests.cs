using System.Net;
using Gatehouse.Gateway;
using Gatehouse.Tests.Spec.Hosting;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Tests.Spec.Gateway;

public sealed class ForwardingTests : IAsyncLifetime
{
    private readonly TestNode _node = new();
    private string _clientId = null!;
    private string _token = null!;

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        var application = await _node.CreateApplicationAsync(name: "Ünïcode & Söns");
        (_clientId, _token) = (application.ClientId, await _node.ObtainTokenAsync(application));
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Rfc(9110, "11.6.2"), Requirement("Gateway-08")]
    public async Task The_upstream_learns_who_calls_and_never_sees_the_token()
    {
        using var answer = await _node.CallAsync("/things/7?x=1%2F2", _token);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(_node.Upstream.Calls.TryDequeue(out var call));
        Assert.Equal(("GET", "/things/7?x=1%2F2"), (call.Method, call.Path));
        Assert.Equal(_clientId, call.Headers["X-Gatehouse-Client-Id"]);
        Assert.Equal("Ünïcode & Söns", Uri.UnescapeDataString(call.Headers["X-Gatehouse-Application"]));
        Assert.Equal("things:read things:write", call.Headers["X-Gatehouse-Scope"]);
        Assert.Equal(_clientId, call.Headers["X-Gatehouse-Subject"]);
        Assert.DoesNotContain(call.Headers.Values, value => value.Contains(_token, StringComparison.Ordinal));
    }

    [Theory, Requirement("Gateway-03")]
    [InlineData("X-Gatehouse-Client-Id")]
    [InlineData("x-gatehouse-subject")]
    [InlineData("X_Gatehouse_Subject")]
    [InlineData("X-Gatehouse_Scope")]
    [InlineData("X-Gatehouse-Anything")]
    [InlineData("X-Forwarded-For")]
    [InlineData("X_Forwarded_Host")]
    [InlineData("Forwarded")]
    [InlineData("X.Gatehouse.Subject")]
    [InlineData("X-HTTP-Method-Override")]
    [InlineData("X-HTTP-Method")]
    [InlineData("X-Method-Override")]
    [InlineData("X-Original-URL")]
    [InlineData("X_Rewrite_URL")]
    [InlineData("X-Original-Host")]
    [InlineData("X-Original-URI")]
    [InlineData("X-Original-For")]
    [InlineData("X-Real-IP")]
    [InlineData("True-Client-IP")]
    [InlineData("Proxy")]
    [InlineData("X-ARR-ClientCert")]
    [InlineData("X-Amzn-Mtls-Clientcert-Leaf")]
    [InlineData("ssl-client-verify")]
    [InlineData("client_cert")]
    [InlineData("cf-connecting-ip")]
    [InlineData("FASTLY-CLIENT-IP")]
    [InlineData("Client_IP")]
    [InlineData("Forwarded-For")]
    [InlineData("x_gatehouse_a-name-that-is-longer-than-the-room-that-is-kept-for-usual-ones-and-then-some")]
    public async Task What_a_caller_says_under_our_names_is_removed(string header)
    {
        using var answer = await _node.CallAsync("/things", _token, change: request => request.Headers.TryAddWithoutValidation(header, "forged"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(_node.Upstream.Calls.TryDequeue(out var call));
        Assert.DoesNotContain(call.Headers.Values, value => value.Contains("forged", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Calls_of_one_connection_are_their_own_tokens(string version)
    {
        var other = await _node.CreateApplicationAsync();
        await _node.SettleAsync();
        var tokens = new[] { _token, await _node.ObtainTokenAsync(other), null, _token, _token };
        var seen = new List<(HttpStatusCode, string?)>();
        foreach (var token in tokens)
        {
            using var answer = await _node.CallAsync(
                "/things", token, change: request => (request.Version, request.VersionPolicy) = (new(version), HttpVersionPolicy.RequestVersionExact));
            var isForwarded = _node.Upstream.Calls.TryDequeue(out var call);
            seen.Add((answer.StatusCode, call?.Headers["X-Gatehouse-Client-Id"]));
            if (isForwarded) Assert.False(call!.Headers.ContainsKey("Authorization"));
        }

        Assert.Equal(
            [
                (HttpStatusCode.OK, _clientId), (HttpStatusCode.OK, other.ClientId), (HttpStatusCode.Unauthorized, null),
                (HttpStatusCode.OK, _clientId), (HttpStatusCode.OK, _clientId),
            ], seen);
    }

    [Fact]
    public async Task The_trace_of_the_caller_goes_through_as_it_came()
    {
        const string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        using var answer = await _node.CallAsync("/things", _token, change: request => request.Headers.Add("traceparent", trace));
        Assert.True(_node.Upstream.Calls.TryDequeue(out var call));
        Assert.Equal(trace, call.Headers.GetValueOrDefault("traceparent"));
    }

    [Theory, Requirement("Gateway-03")]
    [InlineData("a=1; __Host-gatehouse-session=secret; b=2", "a=1; b=2")]
    [InlineData("__Host-gatehouse-session=secret", null)]
    [InlineData("a=1; b=2", "a=1; b=2")]
    public async Task Cookies_of_this_server_are_not_the_upstreams_to_see(string sent, string? arrives)
    {
        using var answer = await _node.CallAsync("/things", _token, change: request => request.Headers.TryAddWithoutValidation("Cookie", sent));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(_node.Upstream.Calls.TryDequeue(out var call));
        Assert.Equal(arrives, call.Headers.GetValueOrDefault("Cookie"));
    }

    [Fact, Requirement("Gateway-03")]
    public async Task Cookies_of_this_server_are_not_the_upstreams_to_set()
    {
        _node.Upstream.Answer = http =>
        {
            http.Response.Headers.SetCookie = new(["__Host-gatehouse-session=planted; Path=/; Secure", "a=1; Path=/", "=__Host-gatehouse-session=planted"]);
            return Task.CompletedTask;
        };
        using var answer = await _node.CallAsync("/things", _token);
        Assert.Equal(["a=1; Path=/"], answer.Headers.GetValues("Set-Cookie"));
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/unheard")]
    [InlineData("/things/")]
    [InlineData("/things//")]
    [InlineData("/Things")]
    [InlineData("/things/a/b")]
    [InlineData("/things/a%2Fb")]
    [InlineData("/things/a%5Cb")]
    [InlineData("/admin/v1/applications")]
    [InlineData("/as/token.oauth2")]
    public async Task An_unknown_route_is_404(string path)
    {
        using var answer = await _node.CallAsync(path, _token);
        await answer.IsRefusedAsync(404, "unknown_route");
        Assert.Empty(_node.Upstream.Calls);
    }

    [Fact, Rfc(9110, "15.5.6")]
    public async Task A_method_that_is_not_published_is_405()
    {
        using var answer = await _node.CallAsync("/things/7", _token, HttpMethod.Delete);
        await answer.IsRefusedAsync(405, "wrong_method");
        Assert.Equal(["GET", "PUT"], answer.Content.Headers.Allow);
    }

    [Fact, Rfc(9457, "3"), Requirement("Gateway-07")]
    public async Task An_upstream_that_is_away_is_502()
    {
        await _node.Upstream.DisposeAsync();
        using var answer = await _node.CallAsync("/things", _token);
        await answer.IsRefusedAsync(502, "upstream_away");
    }

    [Fact, Rfc(9457, "3"), Requirement("Gateway-07")]
    public async Task An_upstream_that_stays_silent_is_504()
    {
        await using var node = new TestNode { Limits = new GatewayLimits { UpstreamTimeout = TimeSpan.FromMilliseconds(200) } };
        await node.InitializeAsync();
        var givenUp = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        node.Upstream.Answer = http =>
        {
            http.RequestAborted.Register(givenUp.SetResult);
            return givenUp.Task;
        };
        using var answer = await node.CallAsync("/things", await node.ObtainTokenAsync(await node.CreateApplicationAsync()));
        await answer.IsRefusedAsync(504, "upstream_slow");
        await givenUp.Task.WaitAsync(Eventually.Deadline); // The upstream is not left working for nobody.
    }

    [Fact]
    public async Task An_upstreams_own_error_is_passed_on_as_it_is()
    {
        _node.Upstream.Answer = async http =>
        {
            http.Response.StatusCode = 418;
            await http.Response.WriteAsync("teapot");
        };
        using var answer = await _node.CallAsync("/things", _token);
        Assert.Equal((418, "teapot"), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task A_request_body_streams_to_the_upstream()
    {
        using var next = new SemaphoreSlim(1);
        var acknowledged = 0;
        _node.Upstream.Answer = async http =>
        {
            // The client library of the forwarder may hold back a last few bytes until more come: never the whole.
            const int heldBack = 8 * 1024;
            var (buffer, received) = (new byte[4096], 0L);
            for (int read; (read = await http.Request.Body.ReadAsync(buffer)) > 0;)
            {
                received += read;
                if (received < ((acknowledged + 1L) * PacedContent.PieceLength) - heldBack) continue;
                acknowledged++;
                next.Release(); // The caller sends the next piece only now.
            }
        };
        using var body = new PacedContent(next);
        using var answer = await _node.CallAsync("/things", _token, HttpMethod.Post, body);
        Assert.Equal((HttpStatusCode.OK, PacedContent.Pieces), (answer.StatusCode, acknowledged));
    }

    [Fact]
    public async Task A_response_body_streams_to_the_caller()
    {
        using var next = new SemaphoreSlim(1);
        using var answering = new PacedContent(next);
        _node.Upstream.Answer = http => answering.CopyToAsync(http.Response.Body);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/things");
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + _token);
        using var answer = await _node.Gateway.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var stream = await answer.Content.ReadAsStreamAsync();
        var piece = new byte[PacedContent.PieceLength];
        for (var i = 0; i < PacedContent.Pieces; i++)
        {
            await stream.ReadExactlyAsync(piece);
            Assert.All(piece, value => Assert.Equal(i, value));
            next.Release();
        }
    }

    /// <summary>Sends each piece only when it is told that the last one arrived.</summary>
    private sealed class PacedContent(SemaphoreSlim next) : HttpContent
    {
        public const int Pieces = 5;
        public const int PieceLength = 64 * 1024;

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (byte i = 0; i < Pieces; i++)
            {
                await next.WaitAsync();
                await stream.WriteAsync(Enumerable.Repeat(i, PieceLength).ToArray());
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
