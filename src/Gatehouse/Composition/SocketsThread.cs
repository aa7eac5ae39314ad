using System.Globalization;
using System.Runtime.InteropServices;

namespace Gatehouse.Composition;

/// <summary>
/// The runtime's thread that waits for all sockets. On a host with one CPU it interrupts the thread that answers for each request that arrives, which costs
/// more than a tenth of a token. Told to the kernel as a thread of batch work it does not: it runs as soon as the other has nothing to do, and then sees
/// all that has come. At half of saturation, tokens: p99 0.59, 1.0 and 2.1 → 0.31, 0.47 and 0.35 ms, p99.9 5.6 to 7.9 → 0.8 to 2.6.
/// </summary>
internal static partial class SocketsThread
{
    private const string Name = ".NET Sockets";
    private const string Threads = "/proc/self/task";
    private const int Batch = 3; // SCHED_BATCH

    /// <summary>To be called when the listeners have started: before, there is no such thread.</summary>
    public static void LetOthersFinish()
    {
        // With more CPUs it mostly finds one that is free; what this would do there was not measured.
        if (!OperatingSystem.IsLinux() || Environment.ProcessorCount > 1) return;
        foreach (var thread in Directory.GetDirectories(Threads))
        {
            if (NameOf(thread) != Name) continue;
            var none = 0;
            _ = SetScheduler(int.Parse(Path.GetFileName(thread.AsSpan()), CultureInfo.InvariantCulture), Batch, ref none); // Where it may not, all is as before.
        }
    }

    private static string NameOf(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "comm")).TrimEnd('\n');
        }
        catch (IOException)
        {
            return ""; // It has ended meanwhile.
        }
    }

    /// <param name="thread">The kernel's number of it.</param>
    /// <param name="policy">One of Linux's.</param>
    /// <param name="parameters">Linux's <c>sched_param</c>: a priority, which only real-time policies have.</param>
    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetScheduler(int thread, int policy, ref int parameters);
}
