using System.Net;
using System.Net.Http.Json;
using System.Text;
using Gatehouse.Client;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Tests.Client;

public sealed class ReplayTests : IAsyncLifetime
{
    private TestServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await TestServer.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_call_whose_token_was_revoked_is_sent_once_more_with_a_new_one()
    {
        using var client = _server.CreateClient();
        await client.GetStringAsync("/labels");
        _server.Accept("token-2");

        Assert.Equal("token-2", await client.GetStringAsync("/labels"));
        Assert.Equal(["token-1", "token-1", "token-2"], _server.ApiCalls.Select(call => call.Token));
    }

    [Fact]
    public async Task A_call_is_never_replayed_twice()
    {
        _server.Accept();
        using var client = _server.CreateClient();

        using var response = await client.GetAsync("/labels");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(["token-1", "token-2"], _server.ApiCalls.Select(call => call.Token));
    }

    [Fact]
    public async Task An_api_that_rejects_everything_does_not_cause_a_token_request_per_call()
    {
        _server.Accept();
        using var client = _server.CreateClient();

        foreach (var _ in Enumerable.Range(0, 10))
            (await client.GetAsync("/labels")).Dispose();
        Assert.Equal(2, _server.TokenCalls.Count);

        _server.Time.Advance(TimeSpan.FromSeconds(5));
        (await client.GetAsync("/labels")).Dispose();
        Assert.Equal(3, _server.TokenCalls.Count);
    }

    [Fact]
    public async Task Many_rejections_of_one_token_lead_to_one_new_token()
    {
        const int Callers = 50;
        using var client = _server.CreateClient();
        await client.GetStringAsync("/labels");
        var (arrived, all) = (0, new TaskCompletionSource());
        _server.AnswerApi = async (context, call) =>
        {
            if (call.Token == "token-2")
            {
                await context.Response.WriteAsync(call.Token);
                return;
            }

            if (Interlocked.Increment(ref arrived) == Callers)
                all.SetResult();
            await all.Task;
            await TestServer.AnswerInvalidTokenAsync(context);
        };

        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => client.GetStringAsync("/labels")));

        Assert.All(answers, token => Assert.Equal("token-2", token));
        Assert.Equal(2, _server.TokenCalls.Count);
        Assert.Equal(1 + 2 * Callers, _server.ApiCalls.Count);
    }

    [Theory]
    [InlineData(401, "Bearer")]
    [InlineData(401, "Bearer error=\"insufficient_scope\"")]
    [InlineData(401, "Basic error=\"invalid_token\"")]
    [InlineData(401, "Bearer error_description=\"x, error=invalid_token, y\"")]
    [InlineData(401, "Bearer error_description=\"say \\\"error=\", error=\"other\"")]
    [InlineData(403, "Bearer error=\"invalid_token\"")]
    public async Task Any_other_refusal_is_the_callers(int status, string challenge)
    {
        AnswerWithChallenge(status, challenge);
        using var client = _server.CreateClient();

        using var response = await client.GetAsync("/labels");

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Single(_server.ApiCalls);
        Assert.Single(_server.TokenCalls);
    }

    [Theory]
    [InlineData("Bearer error=\"invalid_token\"")]
    [InlineData("bearer ERROR=invalid_token")]
    [InlineData("Bearer realm=\"a, b\", error_description=\"has \\\"quotes\\\"\", error=\"invalid_token\"")]
    [InlineData("Basic realm=\"x\", Bearer realm=\"y\", error=\"invalid_token\"")]
    public async Task The_challenge_is_read_in_all_its_spellings(string challenge)
    {
        AnswerWithChallenge(401, challenge);
        using var client = _server.CreateClient();

        (await client.GetAsync("/labels")).Dispose();

        Assert.Equal(2, _server.ApiCalls.Count);
    }

    [Fact]
    public async Task Bodies_that_can_be_sent_again_are()
    {
        var form = new MultipartFormDataContent("b") { { new StringContent("1"), "a" }, { new StreamContent(new MemoryStream("2"u8.ToArray())), "b" } };
        var buffered = new StreamContent(new OneWayStream("buffered"));
        await buffered.LoadIntoBufferAsync();
        var seekable = new MemoryStream("skipped, sent"u8.ToArray()) { Position = 9 };

        foreach (var content in new HttpContent[]
        {
            new StringContent("text"), new ByteArrayContent([65]), new ReadOnlyMemoryContent("memory"u8.ToArray()),
            new FormUrlEncodedContent([new("a", "b")]), JsonContent.Create(new { weight = 38.5 }), new StreamContent(seekable), buffered, form,
        })
        {
            _server.ApiCalls.Clear();
            _server.Accept();
            using var client = _server.CreateClient();

            using var response = await client.PostAsync("/labels", content);

            Assert.Equal(2, _server.ApiCalls.Count);
            Assert.NotEmpty(_server.ApiCalls.First().Body);
            Assert.Equal(_server.ApiCalls.First().Body, _server.ApiCalls.Last().Body);
        }
    }

    [Fact]
    public async Task A_stream_that_is_spent_is_not_sent_again_but_its_token_is_dropped()
    {
        using var client = _server.CreateClient();
        await client.GetStringAsync("/labels");
        _server.Accept("token-2");

        using var response = await client.PostAsync("/labels", new StreamContent(new OneWayStream("body")));

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(2, _server.ApiCalls.Count);
        Assert.Equal("body", _server.ApiCalls.Last().Body);
        Assert.Equal("token-2", await client.GetStringAsync("/labels"));
        Assert.Equal(3, _server.ApiCalls.Count);
    }

    [Fact]
    public async Task Content_of_an_unknown_kind_is_not_sent_again()
    {
        _server.Accept();
        using var client = _server.CreateClient();

        using var response = await client.PostAsync("/labels", new MultipartContent { new StringContent("a"), new CustomContent() });

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Single(_server.ApiCalls);
    }

    [Fact]
    public async Task When_no_new_token_can_be_had_the_caller_learns_why()
    {
        using var client = _server.CreateClient();
        await client.GetStringAsync("/labels");
        _server.Accept();
        _server.AnswerToken = context => TestServer.AnswerJsonAsync(context, 401, """{"error":"invalid_client"}""");

        var failure = await Assert.ThrowsAsync<AccessTokenException>(() => client.GetStringAsync("/labels"));

        Assert.Equal(AccessTokenFailure.Refused, failure.Failure);
        Assert.Equal(2, _server.ApiCalls.Count);
    }

    private void AnswerWithChallenge(int status, string challenge) => _server.AnswerApi = (context, _) =>
    {
        context.Response.StatusCode = status;
        context.Response.Headers.WWWAuthenticate = challenge;
        return Task.CompletedTask;
    };

    private sealed class OneWayStream(string text) : MemoryStream(Encoding.ASCII.GetBytes(text))
    {
        public override bool CanSeek => false;
    }

    private sealed class CustomContent : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync("b"u8.ToArray()).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 1;
            return true;
        }
    }
}
