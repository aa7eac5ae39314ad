using System.Runtime;

namespace Gatehouse.Composition;

/// <summary>
/// Collections of the whole heap. The collector of small hosts makes one when a hundred seconds and a hundred young collections have passed since the
/// last, whether there is anything to collect or not. On one CPU that is 7 to 15 ms without an answer for 3 to 8 MB of old objects: not more than 4 MB it
/// never collects beside the requests; more than that it begins to, but two times of seven its thread for that was not there in time, so that it did it
/// in one go. Here the clock is followed only where old objects are many, or have become more since the last time.
/// </summary>
/// <remarks>
/// The mode that does not follow it has no clock for the generation between, either, and makes in one go what it finds necessary by itself. The collector
/// of large hosts has no such clock, and does not need this.
/// </remarks>
internal sealed class FullCollections : BackgroundService
{
    private const long Mebibyte = 1024 * 1024;

    /// <summary>Bytes of old objects up to which the runtime never collects beside the requests, of each kind.</summary>
    public const long NeverBeside = 4 * Mebibyte;

    /// <summary>Bytes of old objects up to which one CPU is better off without the clock: collected in one go after all, they take some 60 ms.</summary>
    public const long MostWithoutClock = 32 * Mebibyte;

    // Of what the last collection has left. The runtime finds one necessary when a fifth has come, or the best part of a megabyte.
    private const int LeastGrowth = 8;
    private const long LeastBytes = Mebibyte / 2;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _clock;
    private readonly Func<OldObjects> _look;
    private readonly GCLatencyMode _usual;
    private readonly long _mostWithoutClock;
    private readonly Action<GCLatencyMode> _setMode;

    /// <param name="clock">Whose time it looks by.</param>
    public FullCollections(TimeProvider clock)
        : this(clock, OldObjects.Look, GCSettings.LatencyMode, mode => GCSettings.LatencyMode = mode, Environment.ProcessorCount)
    {
    }

    /// <summary>For tests, which share their process's heap with others.</summary>
    /// <param name="clock">Whose time it looks by.</param>
    /// <param name="look">How many old objects there are.</param>
    /// <param name="usual">What the program was started with; anything but <see cref="GCLatencyMode.Interactive"/> is somebody's choice.</param>
    /// <param name="setMode">Tells the runtime.</param>
    /// <param name="cpus">With more than one, what is collected beside the requests has a CPU for that.</param>
    internal FullCollections(TimeProvider clock, Func<OldObjects> look, GCLatencyMode usual, Action<GCLatencyMode> setMode, int cpus)
    {
        (_clock, _look, _usual, _setMode) = (clock, look, usual, setMode);
        _mostWithoutClock = cpus == 1 ? MostWithoutClock : NeverBeside;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_usual != GCLatencyMode.Interactive) return;
        using var timer = new PeriodicTimer(Interval, _clock);
        try
        {
            do _setMode(FollowsClock(_look()) ? _usual : GCLatencyMode.Batch);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        finally
        {
            _setMode(_usual);
        }
    }

    private bool FollowsClock(OldObjects old) =>
        old.Largest > NeverBeside && (old.Bytes > _mostWithoutClock || old.Bytes - old.BytesLeft > Math.Max(LeastBytes, old.BytesLeft / LeastGrowth));
}
