using Gatehouse.Client;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Tests.Client;

/// <summary>Tokens live 1000 s here, so a new one is wanted 60 to 90 s before the end.</summary>
public sealed class FreshnessTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_token_serves_until_its_refresh_is_due()
    {
        using var client = _server.CreateClient();

        Assert.Equal("token-1", await client.GetStringAsync("/labels"));
        Advance(909);
        // A refresh would run in the background: enough calls to see it if there were one.
        foreach (var _ in Enumerable.Range(0, 20))
            Assert.Equal("token-1", await client.GetStringAsync("/labels"));
        Assert.Single(_server.TokenCalls);
        Advance(92);
        Assert.Equal("token-2", await client.GetStringAsync("/labels"));
        Assert.Equal(2, _server.TokenCalls.Count);
    }

    [Fact]
    public async Task Near_its_end_a_token_goes_on_serving_while_the_next_one_is_fetched_once()
    {
        using var client = _server.CreateClient();
        await client.GetStringAsync("/labels");
        var (arrived, release) = HoldTokenAnswers();
        Advance(941);

        Assert.Equal("token-1", await client.GetStringAsync("/labels"));
        await arrived;
        Assert.Equal("token-1", await client.GetStringAsync("/labels"));
        release();

        while (await client.GetStringAsync("/labels") != "token-2")
            Assert.Equal(2, _server.TokenCalls.Count);
        Assert.Equal(2, _server.TokenCalls.Count);
    }

    [Fact]
    public async Task While_the_server_is_down_the_old_token_serves_until_it_really_ends()
    {
        using var client = _server.CreateClient();
        await client.GetStringAsync("/labels");
        var failed = new TaskCompletionSource();
        _server.AnswerToken = context =>
        {
            context.Response.StatusCode = 503;
            failed.TrySetResult();
            return Task.CompletedTask;
        };

        Advance(941);
        Assert.Equal("token-1", await client.GetStringAsync("/labels"));
        await failed.Task;
        // While the failure stands too, and without asking again: enough calls to see it come back and stand.
        foreach (var _ in Enumerable.Range(0, 50))
            Assert.Equal("token-1", await client.GetStringAsync("/labels"));
        Assert.Equal(2, _server.TokenCalls.Count);
        Advance(58);
        Assert.Equal("token-1", await client.GetStringAsync("/labels"));
        Advance(2);
        var failure = await Assert.ThrowsAsync<AccessTokenException>(() => client.GetStringAsync("/labels"));
        Assert.Equal(AccessTokenFailure.Unavailable, failure.Failure);

        _server.AnswerToken = context => TestServer.AnswerJsonAsync(context, 200, _server.NextToken());
        Advance(30);
        Assert.Equal("token-2", await client.GetStringAsync("/labels"));
    }

    [Fact]
    public async Task Without_expires_in_a_token_serves_for_60_seconds()
    {
        _server.AnswerToken = context => TestServer.AnswerJsonAsync(
            context, 200, $$"""{"access_token":"t{{_server.TokenCalls.Count}}","token_type":"Bearer"}""");
        using var client = _server.CreateClient();

        Assert.Equal("t1", await client.GetStringAsync("/labels"));
        Advance(50);
        Assert.Equal("t1", await client.GetStringAsync("/labels"));
        Advance(11);
        Assert.Equal("t2", await client.GetStringAsync("/labels"));
    }

    [Fact]
    public async Task Setting_the_wall_clock_changes_nothing()
    {
        var clock = new AdjustableClock();
        using var client = _server.CreateClient(_server.Options(time: clock));
        await client.GetStringAsync("/labels");

        clock.Adjustment = TimeSpan.FromDays(365);

        Assert.Equal("token-1", await client.GetStringAsync("/labels"));
        Assert.Single(_server.TokenCalls);
    }

    [Fact]
    public async Task Two_hundred_callers_wait_for_one_request()
    {
        var (arrived, release) = HoldTokenAnswers();
        using var client = _server.CreateClient();

        var calls = Enumerable.Range(0, 200).Select(_ => client.GetStringAsync("/labels")).ToList();
        await arrived;
        release();

        Assert.All(await Task.WhenAll(calls), token => Assert.Equal("token-1", token));
        Assert.Single(_server.TokenCalls);
    }

    [Fact]
    public async Task A_failed_request_fails_all_who_wait_each_with_an_exception_of_its_own()
    {
        var arrived = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        _server.AnswerToken = async context =>
        {
            arrived.SetResult();
            await gate.Task;
            context.Response.StatusCode = 500;
        };
        using var client = _server.CreateClient();

        var calls = Enumerable.Range(0, 20)
            .Select(_ => Assert.ThrowsAsync<AccessTokenException>(() => client.GetStringAsync("/labels"))).ToList();
        await arrived.Task;
        gate.SetResult();

        Assert.Equal(20, (await Task.WhenAll(calls)).Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.Single(_server.TokenCalls);
        Assert.Empty(_server.ApiCalls);
    }

    [Fact]
    public async Task A_caller_that_gives_up_does_not_cancel_the_request_of_the_others()
    {
        var (arrived, release) = HoldTokenAnswers();
        using var client = _server.CreateClient();
        using var cancellation = new CancellationTokenSource();

        var impatient = client.GetStringAsync("/labels", cancellation.Token);
        var patient = client.GetStringAsync("/labels");
        await arrived;
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        release();

        Assert.Equal("token-1", await patient);
        Assert.Single(_server.TokenCalls);
    }

    [Fact]
    public async Task The_request_of_an_only_caller_that_gives_up_still_serves_the_next()
    {
        var (arrived, release) = HoldTokenAnswers();
        using var client = _server.CreateClient();
        using var cancellation = new CancellationTokenSource();

        var impatient = client.GetStringAsync("/labels", cancellation.Token);
        await arrived;
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        release();

        Assert.Equal("token-1", await client.GetStringAsync("/labels"));
        Assert.Single(_server.TokenCalls);
    }

    [Fact]
    public async Task Handlers_that_share_a_source_share_its_token()
    {
        using var source = new AccessTokenSource(_server.Options());
        foreach (var _ in Enumerable.Range(0, 2))
        {
            using var handler = new AccessTokenHandler(source)
            {
                InnerHandler = TrustedCertificateAuthority.FromCertificate(TestCertificates.Authority).CreateHandler(),
            };
            using var client = new HttpClient(handler) { BaseAddress = _server.Address };
            Assert.Equal("token-1", await client.GetStringAsync("/labels"));
        }

        Assert.Single(_server.TokenCalls);
    }

    [Fact]
    public async Task Disposing_the_source_releases_those_who_wait()
    {
        var (arrived, release) = HoldTokenAnswers();
        using var source = new AccessTokenSource(_server.Options());
        using var client = new HttpClient(new AccessTokenHandler(source)) { BaseAddress = _server.Address };

        var call = client.GetStringAsync("/labels");
        await arrived;
        source.Dispose();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => call);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => client.GetStringAsync("/labels"));
        release();
    }

    /// <summary>From now on token requests are answered only when released; the task ends when the first has arrived.</summary>
    private (Task Arrived, Action Release) HoldTokenAnswers()
    {
        var (arrived, gate) = (new TaskCompletionSource(), new TaskCompletionSource());
        _server.AnswerToken = async context =>
        {
            arrived.TrySetResult();
            await gate.Task;
            await TestServer.AnswerJsonAsync(context, 200, _server.NextToken());
        };
        return (arrived.Task, gate.SetResult);
    }

    private void Advance(double seconds) => _server.Time.Advance(TimeSpan.FromSeconds(seconds));

    /// <summary>A clock on the wall that can be set while time goes on as before.</summary>
    private sealed class AdjustableClock : TimeProvider
    {
        public TimeSpan Adjustment { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Adjustment;
    }
}
