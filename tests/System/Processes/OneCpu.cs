namespace Gatehouse.Tests.System.Processes;

/// <summary>For programs that shall have one CPU alone.</summary>
internal static class OneCpu
{
    /// <summary>The number of the first of those on which this process may run.</summary>
    public static string First()
    {
        const string field = "Cpus_allowed_list:";
        var cpus = File.ReadLines("/proc/self/status").Single(line => line.StartsWith(field, StringComparison.Ordinal))[field.Length..].Trim();
        return cpus.Split('-', ',')[0];
    }
}
