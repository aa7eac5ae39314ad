using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Gatehouse.Bench.Harness.Machine;

/// <summary>Sleeps to within microseconds, on Linux.</summary>
internal static class FineSleep
{
    private const int SetTimerSlack = 29; // PR_SET_TIMERSLACK
    private const long NanosPerSecond = 1_000_000_000;

    /// <summary>Before the first sleep of a thread: Linux wakes it 50 µs late otherwise, to save wake-ups.</summary>
    public static void Prepare() => _ = SetOption(SetTimerSlack, 1, 0, 0, 0);

    /// <param name="due">A time stamp of <see cref="Stopwatch"/>.</param>
    public static void Until(long due)
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
