using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Gatehouse.Bench.Harness.Load.Open;

/// <summary>Calls at each of the times of the phases, evenly spaced, on a thread of its own that sleeps in between. After it was late it catches up.</summary>
internal static class Pacer
{
    private const int SetTimerSlack = 29; // PR_SET_TIMERSLACK
    private const long NanosPerSecond = 1_000_000_000;

    public static void Run(IReadOnlyList<Phase> phases, long start, Action<long> take)
    {
        _ = SetOption(SetTimerSlack, 1, 0, 0, 0); // Linux wakes 50 µs late otherwise, to save wake-ups.
        var begin = start;
        foreach (var phase in phases)
        {
            var (step, count) = (Stopwatch.Frequency / phase.PerSecond, (long)(phase.PerSecond * phase.Seconds));
            for (var number = 0L; number < count; number++)
            {
                var due = begin + (long)(number * step);
                SleepUntil(due);
                take(due);
            }
            begin += (long)(phase.Seconds * Stopwatch.Frequency);
        }
        SleepUntil(begin);
    }

    private static void SleepUntil(long due)
    {
        for (var left = due - Stopwatch.GetTimestamp(); left > 0; left = due - Stopwatch.GetTimestamp())
        {
            var nanos = left * (NanosPerSecond / Stopwatch.Frequency);
            var time = new TimeSpec { Seconds = nanos / NanosPerSecond, Nanos = nanos % NanosPerSecond };
            _ = Sleep(ref time, 0);
        }
    }

    [DllImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sleep(ref TimeSpec time, nint left);

    [DllImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetOption(int option, nuint value, nuint unused1, nuint unused2, nuint unused3);

    private struct TimeSpec
    {
        public long Seconds;
        public long Nanos;
    }
}
