using System.Net.Http.Headers;
using Gatehouse.Client;

namespace Gatehouse.Tests.Client;

public sealed class DestinationTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData("https://localhost:{0}/labels")]
    [InlineData("https://127.0.0.1.example:{0}/labels")]
    [InlineData("https://127.0.0.1@localhost:{0}/labels")]
    [InlineData("https://127.0.0.1/labels")]
    [InlineData("https://127.0.0.1:1/labels")]
    [InlineData("http://127.0.0.1:{0}/labels")]
    [InlineData("//localhost:{0}/labels")]
    public async Task A_call_to_another_place_is_refused_before_anything_is_sent(string address)
    {
        using var client = _server.CreateClient();

        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            client.GetAsync(new Uri(string.Format(null, address, _server.Address.Port), UriKind.RelativeOrAbsolute)));

        Assert.Empty(_server.TokenCalls);
        Assert.Empty(_server.ApiCalls);
    }

    [Fact]
    public async Task Every_configured_origin_gets_the_token()
    {
        var localhost = new Uri($"https://localhost:{_server.Address.Port}");
        using var client = _server.CreateClient(_server.Options(apiOrigins: [_server.Address, localhost]));

        Assert.Equal("token-1", await client.GetStringAsync("/labels"));
        Assert.Equal("token-1", await client.GetStringAsync(new Uri($"HTTPS://LOCALHOST:{localhost.Port}/labels")));
    }

    [Theory]
    [InlineData("another.example")]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1:1")]
    public async Task A_Host_header_that_names_another_place_is_refused(string host)
    {
        using var client = _server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/labels");
        request.Headers.Host = host;

        await Assert.ThrowsAsync<InvalidOperationException>(() => client.SendAsync(request));

        Assert.Empty(_server.TokenCalls);
        Assert.Empty(_server.ApiCalls);
    }

    [Fact]
    public async Task A_Host_header_that_names_the_same_place_is_fine()
    {
        using var client = _server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/labels");
        request.Headers.Host = _server.Address.Authority;

        using var response = await client.SendAsync(request);

        Assert.True(response.IsSuccessStatusCode);
    }

    [Fact]
    public async Task An_Authorization_header_of_the_callers_is_refused_not_overwritten()
    {
        using var client = _server.CreateClient();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "mine");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetAsync("/labels"));

        Assert.Contains("Authorization", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("mine", error.Message, StringComparison.Ordinal);
        Assert.Empty(_server.ApiCalls);
    }

    [Fact]
    public async Task The_token_is_gone_from_the_request_when_the_answer_is_there_so_it_can_be_sent_again()
    {
        using var handler = Handler(TrustedCertificateAuthority.FromCertificate(TestCertificates.Authority).CreateHandler());
        using var invoker = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_server.Address, "/labels"));

        foreach (var _ in Enumerable.Range(0, 2))
        {
            using var response = await invoker.SendAsync(request, CancellationToken.None);
            Assert.True(response.IsSuccessStatusCode);
            Assert.Null(response.RequestMessage!.Headers.Authorization);
        }
    }

    [Fact]
    public async Task A_redirect_of_an_api_call_is_the_callers_to_judge()
    {
        await using var elsewhere = await TestServer.StartAsync();
        _server.AnswerApi = (context, _) =>
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = elsewhere.Address.AbsoluteUri;
            return Task.CompletedTask;
        };
        using var client = _server.CreateClient();

        using var response = await client.GetAsync("/labels");

        Assert.Equal(307, (int)response.StatusCode);
        Assert.Empty(elsewhere.ApiCalls);
    }

    [Fact]
    public async Task A_handler_below_that_follows_redirects_is_refused()
    {
        foreach (var inner in new HttpMessageHandler[] { new SocketsHttpHandler(), new HttpClientHandler(), new Wrapper(new SocketsHttpHandler()) })
        {
            using var client = new HttpClient(Handler(inner)) { BaseAddress = _server.Address };

            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => client.GetAsync("/labels"));

            Assert.Contains("AllowAutoRedirect", error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(_server.TokenCalls);
    }

    [Fact]
    public void A_synchronous_call_is_refused_because_it_would_go_out_without_a_token()
    {
        using var client = _server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/labels");

        Assert.Throws<NotSupportedException>(() => client.Send(request));

        Assert.Empty(_server.ApiCalls);
    }

    private AccessTokenHandler Handler(HttpMessageHandler inner) => new(_server.Options()) { InnerHandler = inner };

    private sealed class Wrapper(HttpMessageHandler inner) : DelegatingHandler(inner);
}
