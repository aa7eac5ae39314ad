using System.Runtime;

namespace Gatehouse.Composition;

/// <summary>
/// Collections of the whole heap, during which nobody is answered. The collector of small hosts makes one every hundred seconds by the clock, whether there is
/// anything to collect or not, and of a small heap in one go: 7 ms for one of 3 MB, up to 14 on a busy machine. While the heap is small it is told to make them
/// when there is something to collect. Those of a large one take long enough to be made beside the requests, which it does by itself when it is let.
/// </summary>
/// <remarks>The collector of large hosts has no such clock, and does not need this.</remarks>
internal sealed class FullCollections : BackgroundService
{
    /// <summary>Bytes up to which a heap is small: 6 ms in one go, when there is something to collect.</summary>
    public const long Small = 32 * 1024 * 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _clock;
    private readonly Func<long> _size;
    private readonly Action<GCLatencyMode> _collect;

    /// <param name="clock">Whose time it looks by.</param>
    public FullCollections(TimeProvider clock)
        : this(clock, () => GC.GetGCMemoryInfo(GCKind.Any).HeapSizeBytes, mode => GCSettings.LatencyMode = mode)
    {
    }

    /// <summary>For tests, which share their process's heap with others.</summary>
    internal FullCollections(TimeProvider clock, Func<long> size, Action<GCLatencyMode> collect) => (_clock, _size, _collect) = (clock, size, collect);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, _clock);
        do _collect(_size() > Small ? GCLatencyMode.Interactive : GCLatencyMode.Batch);
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
