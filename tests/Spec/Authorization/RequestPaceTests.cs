using System.Net;
using Gatehouse.Composition;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Token;

namespace Gatehouse.Tests.Spec.Authorization;

/// <summary>Whoever knows a client_id can begin requests that are kept for minutes: one address not without end.</summary>
public sealed class RequestPaceTests : IAsyncLifetime
{
    private const int Permits = 3;

    private readonly TestNode _node = new() { UnprovenRequestsPerMinute = Permits };

    public ValueTask InitializeAsync() => _node.InitializeAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Fact, Rfc(6749, "10.2"), Rfc(9700, "4.11")]
    public async Task Sign_ins_that_begin_too_often_wait_until_the_next_minute()
    {
        var flow = await CodeFlow.CreateAsync(_node);
        for (var number = 0; number < Permits; number++)
            using (var begun = await flow.Browser.GetAsync(flow.Url())) Assert.Equal(HttpStatusCode.SeeOther, begun.StatusCode);

        using var refused = await flow.Browser.GetAsync(flow.Url());
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);

        _node.Clock.Advance(TimeSpan.FromMinutes(1));
        using var later = await flow.Browser.GetAsync(flow.Url());
        Assert.Equal(HttpStatusCode.SeeOther, later.StatusCode);
    }

    [Theory, Rfc(8628, "3.1"), Rfc(9126, "2.3"), Requirement("9126-15")]
    [InlineData("/as/device_authz.oauth2", 200)]
    [InlineData("/as/par.oauth2", 201)]
    public async Task What_no_authentication_proves_is_counted_and_what_one_proves_is_not(string endpoint, int success)
    {
        var isPublic = await CodeFlow.CreateAsync(_node, isPublic: true, change: draft => draft with { GrantTypes = [.. draft.GrantTypes, GrantType.DeviceCode] });
        var proving = await CodeFlow.CreateAsync(_node, email: "kim@example.org", change: draft => draft with { GrantTypes = [.. draft.GrantTypes, GrantType.DeviceCode] });
        for (var number = 0; number < Permits; number++) Assert.Equal(success, await SendAsync(endpoint, isPublic));

        Assert.Equal(429, await SendAsync(endpoint, isPublic));
        for (var number = 0; number <= Permits; number++) Assert.Equal(success, await SendAsync(endpoint, proving));
    }

    [Theory]
    [InlineData("127.0.0.0/8", true)]
    [InlineData("192.0.2.0/24", false)]
    public async Task The_address_that_a_proxy_forwards_counts_when_the_proxy_is_trusted(string trusted, bool isTold)
    {
        await using var node = new TestNode
        {
            UnprovenRequestsPerMinute = 1, TrustedProxies = [System.Net.IPNetwork.Parse(trusted)],
        };
        await node.InitializeAsync();
        var flow = await CodeFlow.CreateAsync(node);
        Assert.Equal(HttpStatusCode.SeeOther, await BeginAsync(node, flow, "198.51.100.1"));

        var other = await BeginAsync(node, flow, "203.0.113.9, 198.51.100.2"); // Whatever the client itself put before it.
        Assert.Equal(isTold ? HttpStatusCode.SeeOther : HttpStatusCode.TooManyRequests, other);
        Assert.Equal(HttpStatusCode.TooManyRequests, await BeginAsync(node, flow, "203.0.113.10, 198.51.100.2"));
    }

    private static async Task<HttpStatusCode> BeginAsync(TestNode node, CodeFlow flow, string forwarded)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, flow.Url());
        request.Headers.Add("X-Forwarded-For", forwarded);
        using var answer = await node.Auth.SendAsync(request, TestContext.Current.CancellationToken);
        return answer.StatusCode;
    }

    private async Task<int> SendAsync(string endpoint, CodeFlow flow)
    {
        var body = flow.Url().Split('?', 2)[1] + (flow.Secret.Length == 0 ? string.Empty : $"&client_secret={flow.Secret}");
        using var content = new StringContent(body, null, "application/x-www-form-urlencoded");
        using var answer = await _node.Auth.PostAsync(new Uri(endpoint, UriKind.Relative), content, TestContext.Current.CancellationToken);
        if ((int)answer.StatusCode == 429)
        {
            Assert.NotNull(answer.Headers.RetryAfter);
            Assert.Equal("temporarily_unavailable", (await TokenAnswer.ReadAsync(answer)).Error);
        }
        return (int)answer.StatusCode;
    }
}
