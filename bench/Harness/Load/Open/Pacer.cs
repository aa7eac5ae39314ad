using System.Diagnostics;

namespace Gatehouse.Bench.Harness.Load.Open;

/// <summary>Calls at each of the times of the phases, evenly spaced, and lets the loop run in between. After it was late it catches up.</summary>
internal static class Pacer
{
    public static void Run(IReadOnlyList<Phase> phases, long start, Loop loop, Action<long> take)
    {
        var begin = start;
        foreach (var phase in phases)
        {
            var (step, count) = (Stopwatch.Frequency / phase.PerSecond, (long)(phase.PerSecond * phase.Seconds));
            for (var number = 0L; number < count; number++)
            {
                var due = begin + (long)(number * step);
                loop.RunUntil(due);
                take(due);
            }
            begin += (long)(phase.Seconds * Stopwatch.Frequency);
        }
        loop.RunUntil(begin);
    }
}
