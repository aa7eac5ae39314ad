using System.Text;
using Gatehouse.Client;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Tests.Client;

public sealed class TokenRequestTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Credentials_travel_by_Basic_and_form_urlencoded_by_default()
    {
        using var client = _server.CreateClient(_server.Options(secret: "a:b%c d+e&f=g", scope: "labels.read labels.write"));

        Assert.Equal("token-1", await client.GetStringAsync("/labels"));

        var call = Assert.Single(_server.TokenCalls);
        Assert.Equal("grant_type=client_credentials&scope=labels.read+labels.write", call.Body);
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.ASCII.GetBytes("shipper:a%3Ab%25c+d%2Be%26f%3Dg")), call.Authorization);
    }

    [Fact]
    public async Task Credentials_travel_in_the_form_on_request_and_then_nowhere_else()
    {
        using var client = _server.CreateClient(_server.Options(secret: "a&b", authentication: ClientAuthenticationMethod.ClientSecretPost));

        await client.GetStringAsync("/labels");

        var call = Assert.Single(_server.TokenCalls);
        Assert.Equal("grant_type=client_credentials&client_id=shipper&client_secret=a%26b", call.Body);
        Assert.Null(call.Authorization);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    public async Task A_refusal_tells_error_description_and_trace_id(int status)
    {
        var failure = await FailureAfterAsync(status, """{"error":"invalid_client","error_description":"No such\r\nclient.","trace_id":"4bf92f35"}""");

        Assert.Equal(AccessTokenFailure.Refused, failure.Failure);
        Assert.Equal("invalid_client", failure.Error);
        Assert.Equal("No such??client.", failure.ErrorDescription);
        Assert.Equal("4bf92f35", failure.TraceId);
        Assert.Equal(status, (int?)failure.StatusCode);
        Assert.Contains("invalid_client", failure.Message, StringComparison.Ordinal);
        Assert.Contains("4bf92f35", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_repeats_the_secret_does_not_bring_it_into_the_exception()
    {
        var failure = await FailureAfterAsync(401, $$"""{"error":"invalid_client","error_description":"{{TestServer.Secret}} is wrong"}""");

        Assert.DoesNotContain(TestServer.Secret, failure.ToString(), StringComparison.Ordinal);
        Assert.Equal("[client secret] is wrong", failure.ErrorDescription);
    }

    [Fact]
    public async Task A_long_description_is_cut()
    {
        var failure = await FailureAfterAsync(400, $$"""{"error":"invalid_scope","error_description":"{{new string('x', 20_000)}}"}""");

        Assert.Equal(256, failure.ErrorDescription!.Length);
    }

    [Theory]
    [InlineData(408)]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_server_in_trouble_is_unavailable_even_when_it_speaks_OAuth(int status)
    {
        var failure = await FailureAfterAsync(status, """{"error":"temporarily_unavailable"}""");

        Assert.Equal(AccessTokenFailure.Unavailable, failure.Failure);
        Assert.Equal("temporarily_unavailable", failure.Error);
    }

    [Theory]
    [InlineData(200, "")]
    [InlineData(200, "<html>")]
    [InlineData(200, "null")]
    [InlineData(200, "[]")]
    [InlineData(200, "{}")]
    [InlineData(200, """{"access_token":"t","token_type":"Bearer","expires_in":60""")]
    [InlineData(200, """{"access_token":"t","expires_in":60}""")]
    [InlineData(200, """{"access_token":"","token_type":"Bearer","expires_in":60}""")]
    [InlineData(200, """{"access_token":"t","token_type":"mac","expires_in":60}""")]
    [InlineData(200, """{"access_token":"t","token_type":"DPoP","expires_in":60}""")]
    [InlineData(200, """{"access_token":"t\r\nX-Injected: 1","token_type":"Bearer","expires_in":60}""")]
    [InlineData(200, """{"access_token":"t","token_type":"Bearer","expires_in":0}""")]
    [InlineData(200, """{"access_token":"t","token_type":"Bearer","expires_in":-5}""")]
    [InlineData(200, """{"access_token":"t","token_type":"Bearer","expires_in":"soon"}""")]
    [InlineData(200, """{"access_token":"t","access_token":"u","token_type":"Bearer","expires_in":60}""")]
    [InlineData(404, "<html>not here</html>")]
    [InlineData(400, """{"message":"no"}""")]
    public async Task An_answer_that_is_no_token_answer_is_malformed(int status, string body) =>
        Assert.Equal(AccessTokenFailure.Malformed, (await FailureAfterAsync(status, body)).Failure);

    [Fact]
    public async Task An_answer_of_more_than_64_KiB_is_malformed()
    {
        var failure = await FailureAfterAsync(200, _server.NextToken().PadRight(64 * 1024 + 1));

        Assert.Equal(AccessTokenFailure.Malformed, failure.Failure);
        Assert.Contains("64 KiB", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_of_64_KiB_is_read()
    {
        _server.AnswerToken = context => TestServer.AnswerJsonAsync(context, 200, _server.NextToken().PadRight(64 * 1024));
        using var client = _server.CreateClient();

        Assert.Equal("token-1", await client.GetStringAsync("/labels"));
    }

    [Fact]
    public async Task An_endless_answer_is_cut_off()
    {
        _server.AnswerToken = async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.WriteAsync(new string(' ', 4096));
        };
        using var client = _server.CreateClient();

        Assert.Equal(AccessTokenFailure.Malformed, (await FailureOfAsync(client)).Failure);
    }

    [Theory]
    [InlineData("""{"access_token":"abc","token_type":"bearer","expires_in":60}""")]
    [InlineData("""{"access_token":"abc","token_type":"BEARER","expires_in":"60","scope":"a","more":{"x":[1]}}""")]
    [InlineData("""{"access_token":"abc","token_type":"Bearer","expires_in":9223372036854775807}""")]
    public async Task Token_type_in_any_case_a_quoted_lifetime_a_huge_one_and_unknown_members_are_fine(string answer)
    {
        _server.AnswerToken = context => TestServer.AnswerJsonAsync(context, 200, answer);
        using var client = _server.CreateClient();

        Assert.Equal("abc", await client.GetStringAsync("/labels"));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_of_the_token_request_is_not_followed(int status)
    {
        await using var elsewhere = await TestServer.StartAsync();
        _server.AnswerToken = context =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = elsewhere.TokenEndpoint.AbsoluteUri;
            return Task.CompletedTask;
        };
        using var client = _server.CreateClient();

        var failure = await FailureOfAsync(client);

        Assert.Equal(AccessTokenFailure.Redirected, failure.Failure);
        Assert.Contains(elsewhere.Address.Authority, failure.Message, StringComparison.Ordinal);
        Assert.Empty(elsewhere.TokenCalls);
    }

    [Fact]
    public async Task A_token_that_came_by_a_redirect_which_a_foreign_handler_followed_is_not_used()
    {
        await using var elsewhere = await TestServer.StartAsync();
        _server.AnswerToken = context =>
        {
            context.Response.StatusCode = 307;
            context.Response.Headers.Location = elsewhere.TokenEndpoint.AbsoluteUri;
            return Task.CompletedTask;
        };
        using var handler = new OpaqueHandler();
        using var client = _server.CreateClient(_server.Options(tokenRequestHandler: handler));

        Assert.Equal(AccessTokenFailure.Redirected, (await FailureOfAsync(client)).Failure);
        Assert.Empty(_server.ApiCalls);
    }

    [Fact]
    public async Task A_port_that_nobody_listens_on_is_unavailable()
    {
        var gone = await TestServer.StartAsync();
        var endpoint = gone.TokenEndpoint;
        await gone.DisposeAsync();
        using var client = _server.CreateClient(_server.Options(tokenEndpoint: endpoint));

        var failure = await FailureOfAsync(client);

        Assert.Equal(AccessTokenFailure.Unavailable, failure.Failure);
        Assert.IsType<HttpRequestException>(failure.InnerException);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_unavailable_after_the_timeout()
    {
        var arrived = new TaskCompletionSource();
        _server.AnswerToken = context =>
        {
            arrived.SetResult();
            return Task.Delay(Timeout.Infinite, context.RequestAborted);
        };
        using var client = _server.CreateClient();

        var call = FailureOfAsync(client);
        await arrived.Task;
        _server.Time.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(AccessTokenFailure.Unavailable, (await call).Failure);
    }

    [Fact]
    public async Task A_foreign_handler_carries_the_token_requests_and_its_faults_are_told()
    {
        using var handler = new FaultyHandler();
        using var client = _server.CreateClient(_server.Options(tokenRequestHandler: handler));

        var failure = await FailureOfAsync(client);

        Assert.Equal(AccessTokenFailure.Unavailable, failure.Failure);
        Assert.IsType<NotImplementedException>(failure.InnerException);
    }

    [Fact]
    public async Task Without_a_token_no_call_reaches_the_api()
    {
        await FailureAfterAsync(500, "");

        Assert.Empty(_server.ApiCalls);
    }

    private async Task<AccessTokenException> FailureAfterAsync(int status, string body)
    {
        _server.AnswerToken = context => TestServer.AnswerJsonAsync(context, status, body);
        using var client = _server.CreateClient();
        var failure = await FailureOfAsync(client);
        Assert.DoesNotContain(TestServer.Secret, failure.ToString(), StringComparison.Ordinal);
        return failure;
    }

    private static Task<AccessTokenException> FailureOfAsync(HttpClient client) =>
        Assert.ThrowsAsync<AccessTokenException>(() => client.GetStringAsync("/labels"));

    private sealed class FaultyHandler : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new NotImplementedException("a handler with a fault");
    }

    /// <summary>Follows redirects where nobody can see that it will.</summary>
    private sealed class OpaqueHandler : HttpMessageHandler
    {
        private readonly HttpMessageInvoker _inner;

        public OpaqueHandler()
        {
            var transport = TrustedCertificateAuthority.FromCertificate(TestCertificates.Authority).CreateHandler();
            transport.AllowAutoRedirect = true;
            _inner = new HttpMessageInvoker(transport);
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            _inner.SendAsync(request, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _inner.Dispose();
            base.Dispose(disposing);
        }
    }
}
