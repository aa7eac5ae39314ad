using System.Globalization;

namespace Gatehouse.Bench.Harness.Machine;

/// <summary>Who has used how many CPU seconds since the machine started; two of them bound a run.</summary>
/// <param name="Busy">All CPUs, all programs, interrupts included.</param>
/// <param name="Stolen">What the host took from this virtual machine.</param>
/// <param name="Own">The target, the upstream, the harness with its load generators, and the kernel's threads.</param>
internal sealed record CpuReading(double Busy, double Stolen, double Target, double Own)
{
    public static CpuReading Take(int target, int? upstream)
    {
        var machine = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..]
            .Select(field => long.Parse(field, CultureInfo.InvariantCulture) / ProcessTree.TicksPerSecond).ToArray();
        var (user, nice, system, irq, softIrq, steal) = (machine[0], machine[1], machine[2], machine[5], machine[6], machine[7]);
        var measured = ProcessTree.CpuSeconds(target);
        var own = measured + (upstream is { } id ? ProcessTree.CpuSeconds(id) : 0) + HarnessSeconds() + ProcessTree.KernelThreadSeconds();
        return new CpuReading(user + nice + system + irq + softIrq, steal, measured, own);
    }

    /// <summary>The load generators have ended and been waited for: their time is in that of this process's children.</summary>
    private static double HarnessSeconds()
    {
        var text = File.ReadAllText("/proc/self/stat");
        var times = text[(text.LastIndexOf(')') + 2)..].Split(' ')[11..15];
        return times.Sum(field => long.Parse(field, CultureInfo.InvariantCulture)) / ProcessTree.TicksPerSecond;
    }
}
