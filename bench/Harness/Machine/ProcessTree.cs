using System.Globalization;

namespace Gatehouse.Bench.Harness.Machine;

/// <summary>CPU time and memory of a process and all that descends from it, out of <c>/proc</c>.</summary>
internal static class ProcessTree
{
    /// <summary>Linux tells CPU times in hundredths of a second, whatever the kernel's own tick is (USER_HZ).</summary>
    public const double TicksPerSecond = 100;

    private const int KernelThreadsParent = 2;

    /// <summary>User and system time in seconds. Children that ended count through the parent that waited for them: no time is lost.</summary>
    public static double CpuSeconds(int root)
    {
        var all = ReadAll();
        return Descend(root, all).Sum(id => all[id].Ticks) / TicksPerSecond;
    }

    /// <summary>What the kernel's own threads took: work for everybody, the measured ones most of all.</summary>
    public static double KernelThreadSeconds() =>
        ReadAll().Values.Where(process => process.Parent == KernelThreadsParent).Sum(process => process.Ticks) / TicksPerSecond;

    /// <summary>Resident memory in mebibytes. Pages that processes of the tree share count once for each.</summary>
    public static double ResidentMegabytes(int root) => Descend(root, ReadAll()).Sum(id => ResidentKilobytes(id)) / 1024.0;

    /// <summary>A process and all that descends from it at this moment.</summary>
    public static IReadOnlyList<int> Members(int root) => Descend(root, ReadAll());

    /// <summary>What members took and hold now: user and system time in seconds, resident mebibytes. Reads nothing of other processes.</summary>
    public static (double CpuSeconds, double ResidentMegabytes) Look(IReadOnlyList<int> members) =>
        (members.Sum(id => Read($"/proc/{id}")?.Ticks ?? 0) / TicksPerSecond, members.Sum(ResidentKilobytes) / 1024.0);

    private static List<int> Descend(int root, Dictionary<int, Entry> all)
    {
        var found = all.ContainsKey(root) ? [root] : new List<int>();
        for (var next = 0; next < found.Count; next++)
            found.AddRange(all.Where(pair => pair.Value.Parent == found[next]).Select(pair => pair.Key));
        return found;
    }

    private static Dictionary<int, Entry> ReadAll()
    {
        var all = new Dictionary<int, Entry>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) && Read(folder) is { } entry) all[id] = entry;
        return all;
    }

    private static Entry? Read(string folder)
    {
        try
        {
            var text = File.ReadAllText($"{folder}/stat");
            // The name in parentheses may itself hold blanks and parentheses; the fields count from behind it: state, parent, …, times.
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
            return new Entry(int.Parse(fields[1], CultureInfo.InvariantCulture), ticks);
        }
        catch (IOException)
        {
            return null; // It ended while we looked.
        }
    }

    private static long ResidentKilobytes(int id)
    {
        try
        {
            var line = File.ReadLines($"/proc/{id}/status").FirstOrDefault(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private sealed record Entry(int Parent, long Ticks);
}
