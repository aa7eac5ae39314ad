using System.Diagnostics;
using Gatehouse.Bench.Harness.Machine;

namespace Gatehouse.Bench.Harness.Load.Open;

/// <summary>Calls at each of the times of the phases, evenly spaced, on a thread of its own that sleeps in between. After it was late it catches up.</summary>
internal static class Pacer
{
    public static void Run(IReadOnlyList<Phase> phases, long start, Action<long> take)
    {
        FineSleep.Prepare();
        var begin = start;
        foreach (var phase in phases)
        {
            var (step, count) = (Stopwatch.Frequency / phase.PerSecond, (long)(phase.PerSecond * phase.Seconds));
            for (var number = 0L; number < count; number++)
            {
                var due = begin + (long)(number * step);
                FineSleep.Until(due);
                take(due);
            }
            begin += (long)(phase.Seconds * Stopwatch.Frequency);
        }
        FineSleep.Until(begin);
    }
}
