using System.Runtime;
using System.Threading.Channels;
using Gatehouse.Composition;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Tests.Spec.Hosting;

/// <summary>How a heap is collected follows its size.</summary>
public sealed class FullCollectionsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ASmallHeapIsCollectedWhenThereIsSomethingToCollectAndALargeOneBesideTheRequests()
    {
        var (clock, size, modes) = (new FakeTimeProvider(), 0L, Channel.CreateUnbounded<GCLatencyMode>());
        using var collections = new FullCollections(clock, () => Volatile.Read(ref size), mode => modes.Writer.TryWrite(mode));
        await collections.StartAsync(Cancellation);
        var seen = new List<GCLatencyMode> { await modes.Reader.ReadAsync(Cancellation) };
        foreach (var next in (long[])[FullCollections.Small, FullCollections.Small + 1, 3])
        {
            Volatile.Write(ref size, next);
            clock.Advance(TimeSpan.FromSeconds(10));
            seen.Add(await modes.Reader.ReadAsync(Cancellation));
        }
        await collections.StopAsync(Cancellation);

        Assert.Equal([GCLatencyMode.Batch, GCLatencyMode.Batch, GCLatencyMode.Interactive, GCLatencyMode.Batch], seen);
        Assert.True(collections.ExecuteTask!.IsCanceled);
    }

    [Fact]
    public async Task ItIsTheRuntimesOwnSettingThatFollows()
    {
        var before = GCSettings.LatencyMode;
        GCSettings.LatencyMode = GCLatencyMode.SustainedLowLatency; // None of the two.
        using var collections = new FullCollections(new FakeTimeProvider());
        await collections.StartAsync(Cancellation);
        await Eventually.TrueAsync(
            () => Task.FromResult(GCSettings.LatencyMode is GCLatencyMode.Batch or GCLatencyMode.Interactive), "the runtime collects in one of two ways");
        await collections.StopAsync(Cancellation);
        GCSettings.LatencyMode = before;
    }
}
