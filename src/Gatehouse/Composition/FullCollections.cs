using System.Runtime;

namespace Gatehouse.Composition;

/// <summary>
/// Collections of the whole heap, during which nobody is answered. The collector of small hosts makes one when a hundred seconds and a hundred young
/// collections have passed since the last, whether there is anything to collect or not; and where the old generation has not more than 4 MB, as that of a node
/// that remembers little, it makes it in one go: some 7 ms. Such a heap is collected when there is something to collect instead. A larger one
/// it collects beside the requests, with pauses of 0.2 ms, and may go on to.
/// </summary>
/// <remarks>The collector of large hosts has no such clock, and does not need this.</remarks>
internal sealed class FullCollections : BackgroundService
{
    /// <summary>Bytes of old objects up to which the runtime never collects beside the requests.</summary>
    public const long MostInOneGo = 4 * 1024 * 1024;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _clock;
    private readonly Func<long> _size;
    private readonly GCLatencyMode _usual;
    private readonly Action<GCLatencyMode> _setMode;

    /// <param name="clock">Whose time it looks by.</param>
    public FullCollections(TimeProvider clock)
        : this(clock, SizeOfOld, GCSettings.LatencyMode, mode => GCSettings.LatencyMode = mode)
    {
    }

    /// <summary>For tests, which share their process's heap with others.</summary>
    /// <param name="clock">Whose time it looks by.</param>
    /// <param name="size">Bytes of old objects.</param>
    /// <param name="usual">What the program was started with; anything but <see cref="GCLatencyMode.Interactive"/> is somebody's choice.</param>
    /// <param name="setMode">Tells the runtime.</param>
    internal FullCollections(TimeProvider clock, Func<long> size, GCLatencyMode usual, Action<GCLatencyMode> setMode) =>
        (_clock, _size, _usual, _setMode) = (clock, size, usual, setMode);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_usual != GCLatencyMode.Interactive) return;
        using var timer = new PeriodicTimer(Interval, _clock);
        try
        {
            do _setMode(_size() > MostInOneGo ? _usual : GCLatencyMode.Batch);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        finally
        {
            _setMode(_usual);
        }
    }

    // The second generation, and what is large or pinned: the runtime looks at each by itself, and at what is in use of it.
    private static long SizeOfOld()
    {
        var most = 0L;
        foreach (var generation in GC.GetGCMemoryInfo(GCKind.Any).GenerationInfo[2..])
            most = Math.Max(most, generation.SizeAfterBytes - generation.FragmentationAfterBytes);
        return most;
    }
}
