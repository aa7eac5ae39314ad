using System.Runtime;
using System.Threading.Channels;
using Gatehouse.Composition;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Tests.Spec.Hosting;

/// <summary>How a heap is collected follows its size.</summary>
public sealed class FullCollectionsTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Channel<GCLatencyMode> _modes = Channel.CreateUnbounded<GCLatencyMode>();
    private readonly FakeTimeProvider _clock = new();
    private long _megabytes;
    private long _left;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(3, 0, false)] // Never beside the requests: only when the runtime finds that there is something to collect.
    [InlineData(4, 0, false)]
    [InlineData(5, 0, true)] // Not collected yet.
    [InlineData(5, 4, false)] // By the clock, for nothing.
    [InlineData(6, 4, true)]
    [InlineData(18, 16, false)]
    [InlineData(19, 16, true)]
    [InlineData(32, 32, false)]
    [InlineData(33, 33, true)] // In one go it would take too long.
    public async Task AHeapThatIsNotLargeIsCollectedWhenItHasGrown(long megabytes, long left, bool isCollectedByClock)
    {
        (_megabytes, _left) = (megabytes, left);
        using var collections = Create(GCLatencyMode.Interactive);
        await collections.StartAsync(Cancellation);

        Assert.Equal(isCollectedByClock ? GCLatencyMode.Interactive : GCLatencyMode.Batch, await NextAsync());
        await collections.StopAsync(Cancellation);
    }

    [Fact]
    public async Task ItLooksAgainEachSecondAndLeavesAllAsItWas()
    {
        using var collections = Create(GCLatencyMode.Interactive);
        await collections.StartAsync(Cancellation);
        var seen = new List<GCLatencyMode> { await NextAsync() };
        foreach (var megabytes in (long[])[40, 3])
        {
            Volatile.Write(ref _megabytes, megabytes);
            _clock.Advance(Interval);
            seen.Add(await NextAsync());
        }
        await collections.StopAsync(Cancellation);
        seen.Add(await NextAsync());

        Assert.Equal([GCLatencyMode.Batch, GCLatencyMode.Interactive, GCLatencyMode.Batch, GCLatencyMode.Interactive], seen);
        Assert.True(collections.ExecuteTask!.IsCanceled);
    }

    [Theory]
    [InlineData(GCLatencyMode.Batch)] // DOTNET_gcConcurrent=0
    [InlineData(GCLatencyMode.SustainedLowLatency)]
    public async Task WhatWhoeverRunsTheProgramChoseIsLeftAlone(GCLatencyMode chosen)
    {
        using var collections = Create(chosen);
        await collections.StartAsync(Cancellation);
        await collections.ExecuteTask!.WaitAsync(Eventually.Deadline, Cancellation);

        Assert.Equal(0, _modes.Reader.Count);
    }

    [Fact]
    public async Task ANodeHasItWhereTheCollectorIsThatOfSmallHosts()
    {
        await using var node = new TestNode();
        await node.InitializeAsync();

        Assert.Equal(GCSettings.IsServerGC ? 0 : 1, node.Get<IEnumerable<IHostedService>>().OfType<FullCollections>().Count());
    }

    private FullCollections Create(GCLatencyMode usual) => new(
        _clock, () => new FullCollections.OldObjects(Volatile.Read(ref _megabytes) << 20, _left << 20), usual, mode => _modes.Writer.TryWrite(mode));

    private Task<GCLatencyMode> NextAsync() => _modes.Reader.ReadAsync(Cancellation).AsTask().WaitAsync(Eventually.Deadline, Cancellation);
}
