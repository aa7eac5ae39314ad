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
    private long _size;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ASmallHeapIsCollectedWhenThereIsSomethingToCollectAndALargeOneBesideTheRequests()
    {
        using var collections = Create(GCLatencyMode.Interactive);
        await collections.StartAsync(Cancellation);
        var seen = new List<GCLatencyMode> { await NextAsync() };
        foreach (var next in (long[])[FullCollections.MostInOneGo, FullCollections.MostInOneGo + 1, 3])
        {
            Volatile.Write(ref _size, next);
            _clock.Advance(Interval);
            seen.Add(await NextAsync());
        }
        await collections.StopAsync(Cancellation);
        seen.Add(await NextAsync());

        Assert.Equal([GCLatencyMode.Batch, GCLatencyMode.Batch, GCLatencyMode.Interactive, GCLatencyMode.Batch, GCLatencyMode.Interactive], seen);
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

    private FullCollections Create(GCLatencyMode usual) => new(_clock, () => Volatile.Read(ref _size), usual, mode => _modes.Writer.TryWrite(mode));

    private Task<GCLatencyMode> NextAsync() => _modes.Reader.ReadAsync(Cancellation).AsTask().WaitAsync(Eventually.Deadline, Cancellation);
}
