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
    private volatile object _old = new OldObjects();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 3000, 3000, 0, false)] // Never beside the requests: only when the runtime finds that there is something to collect.
    [InlineData(1, 4096, 9000, 0, false)]
    [InlineData(1, 4097, 4097, 0, true)] // Not collected yet.
    [InlineData(1, 5000, 5000, 4500, false)] // By the clock, for nothing.
    [InlineData(1, 5000, 5000, 4400, true)]
    [InlineData(1, 5000, 9000, 8000, false)]
    [InlineData(1, 5000, 9001, 8000, true)]
    [InlineData(1, 5000, 5000, 9000, false)] // Less than then.
    [InlineData(1, 5000, 32768, 32768, false)]
    [InlineData(1, 5000, 32769, 32769, true)] // In one go it would take too long.
    [InlineData(2, 4096, 9000, 0, false)]
    [InlineData(2, 4097, 4097, 4097, true)] // Another CPU has time for it.
    public async Task AHeapThatIsNotLargeIsCollectedByTheClockWhenItHasGrown(int cpus, long largest, long all, long left, bool followsClock)
    {
        _old = Kibibytes(largest, all, left);
        using var collections = Create(GCLatencyMode.Interactive, cpus);
        await collections.StartAsync(Cancellation);

        Assert.Equal(followsClock ? GCLatencyMode.Interactive : GCLatencyMode.Batch, await NextAsync());
        await collections.StopAsync(Cancellation);
    }

    [Fact]
    public async Task ItLooksAgainEachSecondAndLeavesAllAsItWas()
    {
        using var collections = Create(GCLatencyMode.Interactive);
        await collections.StartAsync(Cancellation);
        var seen = new List<GCLatencyMode> { await NextAsync() };
        foreach (var (all, left) in ((long, long)[])[(9001, 8000), (9001, 9001), (3000, 9001)])
        {
            _old = Kibibytes(all, all, left);
            _clock.Advance(Interval);
            seen.Add(await NextAsync());
        }
        await collections.StopAsync(Cancellation);
        seen.Add(await NextAsync());

        Assert.Equal([GCLatencyMode.Batch, GCLatencyMode.Interactive, GCLatencyMode.Batch, GCLatencyMode.Batch, GCLatencyMode.Interactive], seen);
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

    private FullCollections Create(GCLatencyMode usual, int cpus = 1) =>
        new(_clock, () => (OldObjects)_old, usual, mode => _modes.Writer.TryWrite(mode), cpus);

    private static OldObjects Kibibytes(long largest, long all, long left) => new(largest << 10, all << 10, left << 10);

    private Task<GCLatencyMode> NextAsync() => _modes.Reader.ReadAsync(Cancellation).AsTask().WaitAsync(Eventually.Deadline, Cancellation);
}
