using CsCheck;
using Gatehouse.Tests.Spec.Authorization;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.BadInput;

/// <summary>Whatever an authorization request says, it is answered by a page, by the portal, or at the proven address.</summary>
public sealed class AuthorizationRequestTests(CodeFlowNode fixture) : IClassFixture<CodeFlowNode>
{
    private const int Requests = 300;

    private static readonly string[] Names =
        ["response_type", "client_id", "redirect_uri", "state", "scope", "code_challenge", "code_challenge_method", "response_mode", "prompt", "max_age", "nonce", "resource", "request",
            "request_uri", "dpop_jkt", "login_hint"];

    private readonly TestNode _node = fixture.Node;
    private readonly CodeFlow _flow = fixture.Flow;

    [Fact]
    public async Task None_of_them_is_a_fault_or_sent_elsewhere()
    {
        var changes = Gen.Select(Inputs.OneOf(Names), Gen.OneOf(Inputs.Text, Inputs.Json, Inputs.Jwt)).Array[1, 3];
        await changes.SampleAsync(async changed =>
        {
            using var answer = await _node.Auth.GetAsync(_flow.Url([.. changed.Select(pair => (pair.Item1, (string?)Whole(pair.Item2)))]));
            IsClosed(answer);
        }, iter: Requests, threads: 1);
    }

    [Fact]
    public async Task Neither_is_one_that_is_spelled_wrongly()
    {
        await Inputs.Near(_flow.Url()[(CodeFlow.Endpoint.Length + 1)..]).SampleAsync(async query =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, CodeFlow.Endpoint)
            {
                Content = new StringContent(Whole(query), new System.Net.Http.Headers.MediaTypeHeaderValue("application/x-www-form-urlencoded")),
            };
            using var answer = await _node.Auth.SendAsync(request);
            IsClosed(answer);
        }, iter: Requests, threads: 1);
    }

    // Half of a surrogate pair cannot be sent by a client that speaks UTF-8.
    private static string Whole(string text) => string.Concat(text.Where(c => !char.IsSurrogate(c))).Replace('\0', ' ');

    private static void IsClosed(HttpResponseMessage answer)
    {
        Assert.True((int)answer.StatusCode is 303 or 400 or 414, answer.StatusCode.ToString());
        if (answer.Headers.Location is not { } location) return;
        var text = location.OriginalString;
        Assert.True(text.StartsWith(CodeFlow.Callback + "?", StringComparison.Ordinal) || text.StartsWith(CodeFlow.Loopback + "?", StringComparison.Ordinal)
            || text.StartsWith("/exchange/portals/org/authorize/", StringComparison.Ordinal), text);
    }
}
