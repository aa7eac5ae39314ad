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

    /// <summary>What the runtime chooses by itself for a processor with 32 MB of cache: 16 MB.</summary>
    public const long Bytes = 16 * Mebibyte;

    // As much of the memory as the runtime itself would take at most is a sixth.
    private const int LeastMemory = 16;

    // Of .NET: the largest size it has chosen for them, 6 MB at least; what changes the smallest, and the largest.
    private const string Largest = "GCGen0MaxBudget";
    private static readonly string[] _choices = ["DOTNET_GCgen0size", "COMPlus_GCgen0size", "DOTNET_GCGen0MaxBudget", "COMPlus_GCGen0MaxBudget"];

    /// <summary>To be called before anything has begun. Returns where the size is another's choice, or large enough, or where it cannot be changed.</summary>
    public static void MakeRoom()
    {
        if (!OperatingSystem.IsLinux() || Environment.ProcessorCount != 1) return;
        if (_choices.Any(choice => Environment.GetEnvironmentVariable(choice) is not null)) return;
        if (!IsSmall() || GC.GetGCMemoryInfo().TotalAvailableMemoryBytes < LeastMemory * Bytes) return;
        try
        {
            BeginAgain(_choices[0], string.Create(CultureInfo.InvariantCulture, $"0x{Bytes:x}"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or DllNotFoundException or EntryPointNotFoundException)
        {
            // What makes a node faster keeps none from starting.
        }
    }

    /// <summary>Whether the runtime has chosen less for this process.</summary>
    internal static bool IsSmall() => GC.GetConfigurationVariables().TryGetValue(Largest, out var largest) && Convert.ToInt64(largest, CultureInfo.InvariantCulture) < Bytes;

    // The kernel's call puts the same program in the place of this one: number, terminal, limits and priorities stay.
    private static void BeginAgain(string setting, string value)
    {
        if (File.ResolveLinkTarget("/proc/self/exe", returnFinalTarget: false) is not { } program) return;
        var words = File.ReadAllBytes("/proc/self/cmdline"); // As they were said: each ends with a zero.
        if (SetEnvironment(setting, value, 1) != 0) return;
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

    /// <summary>For what is executed: .NET's own setter changes a copy.</summary>
    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetEnvironment(string name, string value, int replace);

    [LibraryImport("libc", EntryPoint = "execv", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Execute(string program, byte** arguments);
}
