using System.Net;
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
