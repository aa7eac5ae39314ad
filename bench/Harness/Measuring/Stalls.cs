using System.Diagnostics;
using Gatehouse.Bench.Harness.Load.Open;
using Gatehouse.Bench.Harness.Machine;

namespace Gatehouse.Bench.Harness.Measuring;

/// <summary>The stalls of a CPU within a phase, in milliseconds.</summary>
internal sealed record Stalls(double Longest, double Sum)
{
    /// <summary>Each stall only as far as it lies within.</summary>
    public static Stalls Of(IEnumerable<Stall> all, PhaseResult phase)
    {
        var within = all.Select(stall => Overlap(stall, phase)).Where(length => length > 0).ToList();
        return new Stalls(within.DefaultIfEmpty().Max(), within.Sum());
    }

    private static double Overlap(Stall stall, PhaseResult phase)
    {
        var begin = stall.End - (long)(stall.Milliseconds / 1000 * Stopwatch.Frequency);
        var (from, to) = (Math.Max(begin, phase.Start), Math.Min(stall.End, phase.End));
        return to > from ? Stopwatch.GetElapsedTime(from, to).TotalMilliseconds : 0;
    }
}
