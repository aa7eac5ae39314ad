using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Gatehouse.Bench.Harness.Machine;

/// <summary>Sleeps to within microseconds, on Linux.</summary>
internal static class FineSleep
{
    private const int SetTimerSlack = 29; // PR_SET_TIMERSLACK

    /// <summary>Before the first sleep of a thread: Linux wakes it 50 µs late otherwise, to save wake-ups.</summary>
    public static void Prepare() => _ = SetOption(SetTimerSlack, 1, 0, 0, 0);

    /// <param name="due">A time stamp of <see cref="Stopwatch"/>.</param>
    public static void Until(long due)
    {
        while (Stopwatch.GetTimestamp() < due)
        {
            var time = TimeSpec.Until(due);
            _ = Sleep(ref time, 0);
        }
    }

    [DllImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sleep(ref TimeSpec time, nint left);

    [DllImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetOption(int option, nuint value, nuint unused1, nuint unused2, nuint unused3);
}
