using System.Runtime;

namespace Gatehouse.Composition;

/// <summary>
/// Collections of the whole heap. The collector of small hosts makes one when a hundred seconds and a hundred young collections have passed since the
/// last, whether there is anything to collect or not. On one CPU that is 7 to 15 ms without an answer for 3 to 8 MB of old objects: not more than 4 MB it
/// never collects beside the requests, and more than that it begins to, but two times of seven its thread for that was not there in time and it did so
/// in one go. Here a heap of up to 32 MB is collected when it has grown instead.
/// </summary>
/// <remarks>The collector of large hosts has no such clock, and does not need this.</remarks>
internal sealed class FullCollections : BackgroundService
{
    /// <summary>Bytes of old objects up to which the runtime never collects beside the requests.</summary>
    public const long NeverBeside = 4 * Mebibyte;

    /// <summary>Bytes of old objects up to which the clock is not followed: if they are collected in one go after all, it is some 60 ms.</summary>
    public const long MostWithoutClock = 32 * Mebibyte;

    private const long Mebibyte = 1024 * 1024;

    // Of what was left by the last collection; the runtime's own measure, by which it makes one, is at least a fifth.
    private const int LeastGrowth = 8;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _clock;
    private readonly Func<OldObjects> _look;
    private readonly GCLatencyMode _usual;
    private readonly Action<GCLatencyMode> _setMode;

    /// <param name="clock">Whose time it looks by.</param>
    public FullCollections(TimeProvider clock)
        : this(clock, Look, GCSettings.LatencyMode, mode => GCSettings.LatencyMode = mode)
    {
    }

    /// <summary>For tests, which share their process's heap with others.</summary>
    /// <param name="clock">Whose time it looks by.</param>
    /// <param name="look">How many old objects there are.</param>
    /// <param name="usual">What the program was started with; anything but <see cref="GCLatencyMode.Interactive"/> is somebody's choice.</param>
    /// <param name="setMode">Tells the runtime.</param>
    internal FullCollections(TimeProvider clock, Func<OldObjects> look, GCLatencyMode usual, Action<GCLatencyMode> setMode) =>
        (_clock, _look, _usual, _setMode) = (clock, look, usual, setMode);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_usual != GCLatencyMode.Interactive) return;
        using var timer = new PeriodicTimer(Interval, _clock);
        try
        {
            do _setMode(IsToBeCollected(_look()) ? _usual : GCLatencyMode.Batch);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        finally
        {
            _setMode(_usual);
        }
    }

    private static bool IsToBeCollected(OldObjects old) =>
        old.Bytes > NeverBeside && (old.Bytes > MostWithoutClock || old.Bytes - old.BytesLeft > Math.Max(Mebibyte, old.BytesLeft / LeastGrowth));

    private static OldObjects Look()
    {
        var (inOneGo, beside) = (GC.GetGCMemoryInfo(GCKind.FullBlocking), GC.GetGCMemoryInfo(GCKind.Background));
        return new OldObjects(SizeOfOld(GC.GetGCMemoryInfo(GCKind.Any)), SizeOfOld(inOneGo.Index > beside.Index ? inOneGo : beside));
    }

    // The second generation, and what is large or pinned: the runtime looks at each by itself, and at what is in use of it. All 0: there was none yet.
    private static long SizeOfOld(GCMemoryInfo collection)
    {
        var most = 0L;
        foreach (var generation in collection.GenerationInfo[2..])
            most = Math.Max(most, generation.SizeAfterBytes - generation.FragmentationAfterBytes);
        return most;
    }

    /// <param name="Bytes">What there is of them.</param>
    /// <param name="BytesLeft">What the last collection of the whole heap has left.</param>
    internal readonly record struct OldObjects(long Bytes, long BytesLeft);
}
