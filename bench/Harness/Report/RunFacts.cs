using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json.Serialization;
using Gatehouse.Bench.Harness.Machine;

namespace Gatehouse.Bench.Harness.Report;

/// <summary>When, where and of what a run was made.</summary>
internal sealed record RunFacts(string Date, string Cpu, int Cpus, string Memory, string System, string Runtime, string Commit)
{
    [JsonIgnore]
    public string Sentence => $"Commit {Commit}. {Cpu}, {Cpus} CPUs, {Memory}. {System}, {Runtime}.";

    public static async Task<RunFacts> ReadAsync(CancellationToken cancellation) => new(
        TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture),
        Field("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        File.ReadLines("/proc/cpuinfo").Count(line => line.StartsWith("processor", StringComparison.Ordinal)),
        string.Create(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30):F0} GB"),
        $"{Release()}, Linux {Environment.OSVersion.Version}{Idle()}",
        RuntimeInformation.FrameworkDescription,
        await CommitAsync(cancellation));

    private static string Release() =>
        File.Exists("/etc/os-release") ? Field("/etc/os-release", "PRETTY_NAME")?.Trim('"') ?? "Linux" : "Linux";

    // Of a virtual machine's CPUs: waking one that has halted costs more than a request does.
    private static string Idle()
    {
        const string setting = "/sys/module/haltpoll/parameters/guest_halt_poll_ns", governor = "/sys/devices/system/cpu/cpuidle/current_governor";
        if (!File.Exists(setting) || !File.Exists(governor) || File.ReadAllText(governor).Trim() != "haltpoll") return "";
        var nanoseconds = long.Parse(File.ReadAllText(setting), CultureInfo.InvariantCulture);
        return nanoseconds == 0 ? ", idle CPUs halt at once"
            : string.Create(CultureInfo.InvariantCulture, $", idle CPUs look for work for up to {nanoseconds / 1000} µs before they halt");
    }

    private static string? Field(string file, string name) => File.ReadLines(file)
        .Where(line => line.StartsWith(name, StringComparison.Ordinal))
        .Select(line => line[(line.IndexOfAny([':', '=']) + 1)..].Trim()).FirstOrDefault();

    private static async Task<string> CommitAsync(CancellationToken cancellation)
    {
        try
        {
            string[] git = ["-C", Built.Repository];
            var commit = (await Tool.RunAsync("git", [.. git, "rev-parse", "--short=10", "HEAD"], cancellation)).Trim();
            var changes = await Tool.RunAsync("git", [.. git, "status", "--porcelain", "src"], cancellation);
            return changes.Length == 0 ? commit : commit + " with changes in src";
        }
        catch (Exception exception) when (exception is BenchException or global::System.ComponentModel.Win32Exception)
        {
            return "not from a clone";
        }
    }
}
