using Gatehouse.Client;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Tests.Client;

public sealed class BackoffTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Theory]
    [InlineData(500, "")]
    [InlineData(401, """{"error":"invalid_client","trace_id":"4bf92f35"}""")]
    [InlineData(200, "{}")]
    public async Task A_failure_stands_for_a_second_without_asking_again(int status, string body)
    {
        Refuse(status, body);
        using var client = _server.CreateClient();

        var first = await FailureOfAsync(client);
        var second = await FailureOfAsync(client);

        Assert.Single(_server.TokenCalls);
        Assert.NotSame(first, second);
        Assert.Equal((first.Failure, first.Error, first.TraceId, first.Message), (second.Failure, second.Error, second.TraceId, second.Message));

        _server.Time.Advance(TimeSpan.FromSeconds(1));
        await FailureOfAsync(client);
        Assert.Equal(2, _server.TokenCalls.Count);
    }

    [Fact]
    public async Task The_pause_doubles_up_to_30_seconds_and_starts_over_after_a_token()
    {
        Refuse(500, "");
        using var client = _server.CreateClient();

        foreach (var seconds in new[] { 1, 2, 4, 8, 16, 30, 30 })
        {
            Assert.InRange((await FailureOfAsync(client)).RetryAfter.TotalSeconds, seconds * 0.75, seconds);
            _server.Time.Advance(TimeSpan.FromSeconds(seconds));
        }

        var refuse = _server.AnswerToken;
        _server.AnswerToken = context => TestServer.AnswerJsonAsync(context, 200, _server.NextToken());
        Assert.Equal("token-1", await client.GetStringAsync("/labels"));

        _server.AnswerToken = refuse;
        _server.Time.Advance(TimeSpan.FromSeconds(TestServer.Lifetime));
        Assert.InRange((await FailureOfAsync(client)).RetryAfter.TotalSeconds, 0.75, 1);
    }

    [Theory]
    [InlineData(429, "120", 120)]
    [InlineData(503, "120", 120)]
    [InlineData(503, "Mon, 02 Nov 2026 12:02:00 GMT", 120)]
    [InlineData(503, "86400", 300)]
    public async Task Retry_After_is_honoured_up_to_five_minutes(int status, string retryAfter, int seconds)
    {
        Refuse(status, "", response =>
        {
            response.Headers.Date = "Mon, 02 Nov 2026 12:00:00 GMT";
            response.Headers.RetryAfter = retryAfter;
        });
        using var client = _server.CreateClient();

        Assert.InRange((await FailureOfAsync(client)).RetryAfter.TotalSeconds, seconds, seconds * 1.1);
        _server.Time.Advance(TimeSpan.FromSeconds(seconds - 0.1));
        await FailureOfAsync(client);
        Assert.Single(_server.TokenCalls);

        _server.Time.Advance(TimeSpan.FromSeconds(seconds * 0.1 + 0.1));
        await FailureOfAsync(client);
        Assert.Equal(2, _server.TokenCalls.Count);
    }

    [Theory]
    [InlineData("-5")]
    [InlineData("soon")]
    [InlineData("Mon, 02 Nov 2020 12:00:00 GMT")]
    public async Task A_useless_Retry_After_is_as_good_as_none(string retryAfter)
    {
        Refuse(503, "", response => response.Headers.RetryAfter = retryAfter);
        using var client = _server.CreateClient();

        Assert.InRange((await FailureOfAsync(client)).RetryAfter.TotalSeconds, 0.75, 1);
    }

    private void Refuse(int status, string body, Action<HttpResponse>? shape = null) => _server.AnswerToken = context =>
    {
        shape?.Invoke(context.Response);
        return TestServer.AnswerJsonAsync(context, status, body);
    };

    private static Task<AccessTokenException> FailureOfAsync(HttpClient client) =>
        Assert.ThrowsAsync<AccessTokenException>(() => client.GetStringAsync("/labels"));
}
