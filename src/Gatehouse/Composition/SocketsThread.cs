using System.Diagnostics;
using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Gatehouse.Composition;

/// <summary>
/// The runtime's thread that waits for all sockets. Where a node has one CPU it interrupts the thread that answers for each request that arrives, which costs
/// more than a tenth of a token. Told to the kernel as a thread of batch work it does not: it runs as soon as the other has nothing to do, and then sees
/// all that has come. At half of saturation, tokens: p99 0.59, 1.0 and 2.1 → 0.31, 0.47 and 0.35 ms, p99.9 5.6 to 7.9 → 0.8 to 2.6.
/// </summary>
internal static partial class SocketsThread
{
    private const string Name = ".NET Sockets";
    private const string Threads = "/proc/self/task";

    // The runtime's own: then that thread is the one that answers.
    private const string AnswersItself = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    // Of Linux: SCHED_OTHER, SCHED_BATCH.
    private const int Ordinary = 0;
    private const int Batch = 3;

    /// <summary>To be called when the listeners have started: by then there is such a thread. Where it may not change it, all is as before.</summary>
    public static void LetOthersFinish()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(AnswersItself) == "1") return;
        try
        {
            if (HasOneCpu())
                foreach (var thread in Directory.GetDirectories(Threads).Where(IsThatThread)) LetOthersFinish(thread);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DllNotFoundException or EntryPointNotFoundException)
        {
            // What makes a node faster keeps none from starting.
        }
    }

    // Not a share of many, as a container may have: there the thread mostly finds a CPU that is free, and what this would do was not measured.
    private static bool HasOneCpu()
    {
        using var process = Process.GetCurrentProcess();
        return OperatingSystem.IsLinux() && BitOperations.PopCount((nuint)process.ProcessorAffinity) == 1;
    }

    private static bool IsThatThread(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "comm")).TrimEnd('\n') == Name;
        }
        catch (IOException)
        {
            return false; // It has ended meanwhile.
        }
    }

    private static void LetOthersFinish(string thread)
    {
        var (id, none) = (int.Parse(Path.GetFileName(thread.AsSpan()), CultureInfo.InvariantCulture), 0);
        if (GetScheduler(id) == Ordinary) _ = SetScheduler(id, Batch, ref none); // Any other policy is the choice of whoever runs the program.
    }

    /// <param name="thread">The kernel's number of it.</param>
    [LibraryImport("libc", EntryPoint = "sched_getscheduler")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetScheduler(int thread);

    /// <param name="thread">The kernel's number of it.</param>
    /// <param name="policy">One of Linux's.</param>
    /// <param name="parameters">Linux's <c>sched_param</c>: a priority, which only real-time policies have.</param>
    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetScheduler(int thread, int policy, ref int parameters);
}
