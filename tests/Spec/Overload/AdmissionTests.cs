using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gatehouse.Admission;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Overload;

/// <summary>What a node answers while work waits too long for a thread. The wait is told to it; <see cref="QueueProbeTests"/> has how it is measured.</summary>
public sealed class AdmissionTests : IAsyncLifetime
{
    private const double Most = 1000; // Times the target: two requests in three or four are refused.

    private readonly TestNode _node = new() { Admission = new AdmissionOptions() };
    private Founding.Credentials _application = null!;
    private string _token = null!;

    private AdmissionControl Admission => _node.Get<AdmissionControl>();

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _application = await _node.CreateApplicationAsync();
        _token = await _node.ObtainTokenAsync(_application);
    }

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Rfc(9110, "10.2.3"), Rfc(9110, "15.6.4")]
    public async Task An_overloaded_node_refuses_some_token_requests_and_says_when_to_come_again()
    {
        Overload();
        var answers = await AskAsync(20, () => PostAsync("/as/token.oauth2", _application.ClientSecret));
        Assert.All(answers, answer => Assert.Contains(answer.Status, (HttpStatusCode[])[HttpStatusCode.OK, HttpStatusCode.ServiceUnavailable]));
        Assert.Contains(answers, answer => answer.Status == HttpStatusCode.OK);
        var refused = answers.Where(answer => answer.Status == HttpStatusCode.ServiceUnavailable).ToList();
        Assert.NotEmpty(refused);
        Assert.All(refused, answer => Assert.Equal("temporarily_unavailable", (string?)answer.Body["error"]));
        Assert.All(refused, answer => Assert.InRange(answer.RetryAfter, 1, 3));
        Assert.True(refused.Select(answer => answer.RetryAfter).Distinct().Count() > 1, "All would come again at the same time.");
    }

    [Fact, Rfc(9457, "3"), Rfc(9110, "10.2.3")]
    public async Task An_overloaded_node_refuses_some_calls_and_forwards_the_others()
    {
        Overload();
        var answers = await AskAsync(20, () => _node.CallAsync("/things/7", _token));
        var refused = answers.Where(answer => answer.Status == HttpStatusCode.ServiceUnavailable).ToList();
        Assert.NotEmpty(refused);
        Assert.All(refused, answer => Assert.Equal("overloaded", (string?)answer.Body["code"]));
        Assert.All(refused, answer => Assert.Equal("application/problem+json", answer.MediaType));
        Assert.All(refused, answer => Assert.InRange(answer.RetryAfter, 1, 3));
        Assert.Equal(answers.Count - refused.Count, _node.Upstream.Calls.Count);
    }

    [Theory]
    [InlineData("/as/introspect.oauth2")]
    [InlineData("/as/par.oauth2")]
    [InlineData("/as/device_authz.oauth2")]
    [InlineData("/idp/userinfo.openid")]
    [InlineData("/AS/Token.oauth2/")] // Whatever routing takes for the endpoint is the endpoint.
    public async Task Other_endpoints_of_programs_are_refused_alike(string path)
    {
        Overload();
        var answers = await AskAsync(8, () => PostAsync(path, "wrong"));
        Assert.Contains(answers, answer => answer.Status == HttpStatusCode.ServiceUnavailable && (string?)answer.Body["error"] == "temporarily_unavailable");
    }

    [Theory]
    [InlineData("/pf/JWKS")]
    [InlineData("/.well-known/oauth-authorization-server")]
    [InlineData("/exchange/portals/org/sign-in")]
    [InlineData("/admin/v1/apis")]
    [InlineData("/as/authorization.oauth2")]
    public async Task What_people_need_and_what_verifies_tokens_is_never_refused(string path)
    {
        Overload();
        for (var number = 0; number < 8; number++)
        {
            using var answer = await _node.Auth.GetAsync(path);
            Assert.NotEqual(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Revocation_is_never_refused()
    {
        Overload();
        var answers = await AskAsync(8, () => PostAsync("/as/revoke_token.oauth2", _application.ClientSecret));
        Assert.All(answers, answer => Assert.NotEqual(HttpStatusCode.ServiceUnavailable, answer.Status));
    }

    [Fact]
    public async Task A_page_may_read_that_its_request_was_refused_and_may_always_ask_first()
    {
        Overload();
        void FromPage(HttpRequestMessage request) => request.Headers.Add("Origin", "https://app.example.test");
        var answers = await AskAsync(8, () => _node.CallAsync("/things/7", _token, change: FromPage));
        Assert.All(answers, answer => Assert.Equal("*", answer.AllowedOrigin));
        Assert.Contains(answers, answer => answer.Status == HttpStatusCode.ServiceUnavailable);
        var asked = await AskAsync(8, () => _node.CallAsync("/things/7", null, HttpMethod.Options, change: request =>
        {
            FromPage(request);
            request.Headers.Add("Access-Control-Request-Method", "GET");
        }));
        Assert.All(asked, answer => Assert.Equal(HttpStatusCode.NoContent, answer.Status));
    }

    [Fact, Rfc(9728, "3")]
    public async Task What_says_how_to_call_is_never_refused()
    {
        Overload();
        var answers = await AskAsync(20, () => _node.Gateway.GetAsync("/.well-known/oauth-protected-resource/nothing"));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.NotFound, answer.Status));
    }

    [Fact, Rfc(7592, "2.3")]
    public async Task An_application_that_deletes_itself_is_never_refused()
    {
        Overload();
        var answers = await AskAsync(20, () => _node.Auth.DeleteAsync("/as/clients.oauth2/nobody"));
        Assert.All(answers, answer => Assert.NotEqual(HttpStatusCode.ServiceUnavailable, answer.Status));
    }

    [Fact]
    public async Task One_short_wait_ends_the_overload()
    {
        Overload();
        Admission.Observe(new AdmissionOptions().TargetWait);
        var answers = await AskAsync(20, () => _node.CallAsync("/things/7", _token));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.Status));
    }

    private void Overload()
    {
        for (var look = 0; look < 3; look++) Admission.Observe(Most * new AdmissionOptions().TargetWait);
        Assert.True(Admission.IsRefusing);
    }

    private Task<HttpResponseMessage> PostAsync(string path, string secret) => _node.Auth.PostAsync(path, new FormUrlEncodedContent(new Dictionary<string, string>
    {
        ["grant_type"] = "client_credentials", ["client_id"] = _application.ClientId, ["client_secret"] = secret, ["token"] = "unknown",
    }));

    private static async Task<List<Answer>> AskAsync(int times, Func<Task<HttpResponseMessage>> ask)
    {
        var answers = new List<Answer>();
        for (var number = 0; number < times; number++)
        {
            using var answer = await ask();
            var isRefused = answer.StatusCode == HttpStatusCode.ServiceUnavailable;
            answers.Add(new Answer(answer.StatusCode, isRefused ? (await answer.Content.ReadFromJsonAsync<JsonObject>())! : [],
                answer.Headers.RetryAfter?.Delta?.TotalSeconds ?? 0, answer.Content.Headers.ContentType?.MediaType,
                answer.Headers.TryGetValues("Access-Control-Allow-Origin", out var origins) ? origins.Single() : null));
        }
        return answers;
    }

    private sealed record Answer(HttpStatusCode Status, JsonObject Body, double RetryAfter, string? MediaType, string? AllowedOrigin);
}
