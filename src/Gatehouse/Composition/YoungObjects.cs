using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Gatehouse.Composition;

/// <summary>
/// How many bytes of new objects there may be before they are collected, where a node has one CPU. The runtime goes by the processor's cache; where it cannot
/// see that, as in many virtual machines, it collects each 2 MB: four times a second at half of saturation, each time for the time of ten tokens. It takes another size
/// from its environment alone, and only when it begins: so a node with less begins once more, as the same process, 60 ms later.
/// </summary>
internal static unsafe partial class YoungObjects
{
    private const long Mebibyte = 1024 * 1024;

    // What the runtime chooses by itself for a processor with 32 MB of cache; and of the memory that it may use, a sixteenth at most.
    private const long Bytes = 16 * Mebibyte;
    private const long LeastMemory = 256 * Mebibyte;

    // Not for a little more.
    private const long Small = Bytes / 2;

    // Of .NET: the largest size it has chosen for them, 6 MB at least; and what says the smallest.
    private const string Largest = "GCGen0MaxBudget";
    private const string Smallest = "DOTNET_GCgen0size";

    // Somebody's choice of a size; or somebody waits for this process to begin, and would wait for the next one.
    private static readonly string[] _reasons =
    [
        Smallest, "COMPlus_GCgen0size", "DOTNET_GCGen0MaxBudget", "COMPlus_GCGen0MaxBudget", "DOTNET_DiagnosticPorts", "DOTNET_DefaultDiagnosticPortSuspend",
    ];

    /// <summary>To be called before anything has begun. Returns where the size is another's choice, or large enough, or where it cannot be changed.</summary>
    public static void MakeRoom()
    {
        if (!OperatingSystem.IsLinux() || Environment.ProcessorCount != 1 || Debugger.IsAttached) return;
        if (_reasons.Any(reason => Environment.GetEnvironmentVariable(reason) is not null)) return;
        if (!IsSmall() || GC.GetGCMemoryInfo().TotalAvailableMemoryBytes < LeastMemory) return;
        try
        {
            BeginAgain();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DllNotFoundException or EntryPointNotFoundException)
        {
            // What makes a node faster keeps none from starting.
        }
    }

    private static bool IsSmall() => GC.GetConfigurationVariables().TryGetValue(Largest, out var largest) && largest is long bytes && bytes <= Small;

    // The kernel's call puts the same program in the place of this one: number, terminal, limits and priorities stay.
    private static void BeginAgain()
    {
        if (File.ResolveLinkTarget("/proc/self/exe", returnFinalTarget: false) is not { Exists: true } program) return;
        var words = File.ReadAllBytes("/proc/self/cmdline"); // As they were said.
        if (words is not [.., 0]) return; // Each ends with a zero.
        if (SetEnvironment(Smallest, string.Create(CultureInfo.InvariantCulture, $"0x{Bytes:x}"), 1) != 0) return;
        DeleteDiagnosticSocket();
        fixed (byte* first = words)
        {
            var starts = new List<int> { 0 };
            for (var place = 0; place < words.Length - 1; place++)
                if (words[place] == 0) starts.Add(place + 1);
            var arguments = stackalloc byte*[starts.Count + 1];
            for (var place = 0; place < starts.Count; place++) arguments[place] = first + starts[place];
            arguments[starts.Count] = null;
            _ = Execute(program.FullName, arguments); // Returns only where it is refused.
        }
    }

    // By which .NET's tools find this process. Its name is made of what stays (number and start), and the next runtime takes none that is taken.
    private static void DeleteDiagnosticSocket()
    {
        // proc(5): the name stands in brackets and may hold anything; of what follows the state is the third field, the start the 22nd.
        var stat = File.ReadAllText("/proc/self/stat");
        var start = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[22 - 3];
        try
        {
            File.Delete(Path.Combine(Path.GetTempPath(), $"dotnet-diagnostic-{Environment.ProcessId}-{start}-socket"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Without such a folder there is no socket; and one of somebody else's stays where it is.
        }
    }

    /// <summary>For what is executed: .NET's own setter changes a copy.</summary>
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetEnvironment(string name, string value, int replace);

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Execute(string program, byte** arguments);
}
