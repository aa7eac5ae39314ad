using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Gatehouse.Tests.System.Processes;

namespace Gatehouse.Tests.System.Nodes;

/// <summary>What one node was told, another node refuses within a second: counted in calls, not waited for.</summary>
[Collection(NodeJourneys.Name)]
public sealed class RevocationTests(TwoNodes nodes)
{
    private const int Before = 20;
    private static readonly TimeSpan Promise = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Arrival = TimeSpan.FromSeconds(10);

    [Fact, Requirement("Gateway-10")]
    public Task Deleting_an_application_on_one_node_is_refused_by_the_other() => MeasureAsync(
        HttpStatusCode.Unauthorized, (app, _) => nodes.Admin.SendAsync(HttpMethod.Delete, $"/applications/{app.ClientId}"));

    [Fact]
    public Task Retiring_an_application_on_one_node_is_refused_by_the_other() => MeasureAsync(
        HttpStatusCode.Unauthorized, (app, _) => nodes.Admin.SendAsync(HttpMethod.Post, $"/applications/{app.ClientId}/retire"));

    [Fact]
    public Task Revoking_all_tokens_of_an_application_on_one_node_is_refused_by_the_other() => MeasureAsync(
        HttpStatusCode.Unauthorized, (app, _) => nodes.Admin.SendAsync(HttpMethod.Post, $"/applications/{app.ClientId}/revoke-tokens"));

    [Fact]
    public Task Suspending_a_contract_on_one_node_is_refused_by_the_other() => MeasureAsync(
        HttpStatusCode.Forbidden, (app, _) => nodes.Admin.SendAsync(HttpMethod.Patch, $"/contracts/{app.ContractId}", new JsonObject { ["state"] = "suspended" }));

    [Fact, Requirement("Gateway-10")]
    public Task Revoking_one_token_on_one_node_is_refused_by_the_other_and_its_sibling_is_not() => MeasureAsync(
        HttpStatusCode.Unauthorized, (_, token) => nodes.Admin.SendAsync(HttpMethod.Post, "/tokens/revoke", new JsonObject { ["jti"] = Jti(token) }), siblingLives: true);

    private async Task MeasureAsync(HttpStatusCode refusal, Func<Registered, string, Task> revokeAsync, bool siblingLives = false)
    {
        Assert.SkipWhen(PostgresCluster.MissingReason is not null, PostgresCluster.MissingReason ?? string.Empty);
        var clock = TimeProvider.System;
        var application = await nodes.Admin.RegisterAsync("Short-lived", TwoNodes.Api);
        var token = await nodes.TokenAsync(application.ClientId, application.ClientSecret);
        var sibling = await nodes.TokenAsync(application.ClientId, application.ClientSecret);
        using var caller = nodes.Http(token);
        await AcceptedAsync(caller, clock);

        await revokeAsync(application, token);

        var (answered, accepted) = (clock.GetTimestamp(), 0);
        HttpStatusCode status;
        while ((status = await CallAsync(caller)) == HttpStatusCode.OK)
        {
            accepted++;
            Assert.True(clock.GetElapsedTime(answered) < Promise, $"Accepted {accepted} calls in a second after the revocation was answered.");
        }
        var delay = clock.GetElapsedTime(answered);
        TestContext.Current.TestOutputHelper?.WriteLine($"Refused after {delay.TotalMilliseconds:0.0} ms and {accepted} more calls.");
        Assert.Equal(refusal, status);
        Assert.True(delay < Promise);
        for (var again = 0; again < Before; again++) Assert.Equal(refusal, await CallAsync(caller)); // And it stays so.
        using var other = nodes.Http(sibling);
        Assert.Equal(siblingLives, await CallAsync(other) == HttpStatusCode.OK);
    }

    // The second node may hear of the new application a moment later than the first; then it accepts every call.
    private async Task AcceptedAsync(HttpClient caller, TimeProvider clock)
    {
        var start = clock.GetTimestamp();
        while (await CallAsync(caller) != HttpStatusCode.OK) Assert.True(clock.GetElapsedTime(start) < Arrival, "The second node never accepted the token.");
        for (var call = 1; call < Before; call++) Assert.Equal(HttpStatusCode.OK, await CallAsync(caller));
    }

    private async Task<HttpStatusCode> CallAsync(HttpClient caller)
    {
        using var answer = await caller.GetAsync(new Uri($"{nodes.Gateways[1]}/{TwoNodes.Api}/1"));
        return answer.StatusCode;
    }

    private static string Jti(string token) =>
        JsonElement.Parse(Base64Url.DecodeFromChars(token.Split('.')[1])).GetProperty("jti").GetString()!;
}
