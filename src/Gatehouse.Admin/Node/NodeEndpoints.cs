using System.ComponentModel;
using System.Text.Json.Serialization;
using Gatehouse.Store.Changes;
using Gatehouse.Store.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Gatehouse.Admin.Node;

/// <summary>When this node started; hosted, because nobody may ask for long.</summary>
internal sealed class NodeStart(TimeProvider clock) : IHostedService
{
    public DateTimeOffset At { get; } = clock.GetUtcNow();

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

[JsonNumberHandling(JsonNumberHandling.Strict)]
internal sealed record NodeBody
{
    [JsonPropertyName("started_at")]
    public required DateTimeOffset StartedAt { get; init; }

    [JsonPropertyName("changes_applied"), Description("Changes that reached this node since it started.")]
    public required long ChangesApplied { get; init; }

    [JsonPropertyName("last_change_delay_ms"), Description("From the write of the newest change to its effect here.")]
    public required long LastChangeDelayMilliseconds { get; init; }

    [JsonPropertyName("max_change_delay_ms"), Description("The longest of these delays since the start. The promise is under 1000.")]
    public required long MaxChangeDelayMilliseconds { get; init; }

    [JsonPropertyName("revoked_tokens"), Description("Single tokens this node refuses until they expire.")]
    public required int RevokedTokens { get; init; }
}

/// <summary>The node that answers.</summary>
internal static class NodeEndpoints
{
    public static void MapNode(this RouteGroupBuilder group) =>
        group.MapGet("/node", Read).WithTags("Node").WithName("readNode").WithSummary("Read this node's condition")
            .WithDescription("How long changes take to reach the node that answers. Behind a load balancer each call may meet another node.");

    private static Ok<NodeBody> Read(NodeStart start, ChangeDelay delay, RevokedTokens revokedTokens)
    {
        var (applied, last, max) = delay.Read();
        return TypedResults.Ok(new NodeBody
        {
            StartedAt = start.At, ChangesApplied = applied, RevokedTokens = revokedTokens.Count,
            LastChangeDelayMilliseconds = (long)last.TotalMilliseconds, MaxChangeDelayMilliseconds = (long)max.TotalMilliseconds,
        });
    }
}
