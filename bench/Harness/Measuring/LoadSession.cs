using Gatehouse.Bench.Harness.Load.Open;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Measuring;

/// <summary>One target after the other: start, probe, warm up, find saturation, then ask at fractions of it whether it answers or not.</summary>
internal sealed class LoadSession(LoadOptions load, BenchOptions options, Action<string> tell)
{
    public async Task<IReadOnlyList<LoadResult>> RunAsync(string folder, CancellationToken cancellation)
    {
        await using var bench = await OpenBench.StartAsync(load, options, tell, folder, cancellation);
        var results = new List<LoadResult>();
        foreach (var target in bench.Choose()) results.Add(await MeasureAsync(bench, target, cancellation));
        return results;
    }

    private async Task<LoadResult> MeasureAsync(OpenBench bench, Target target, CancellationToken cancellation)
    {
        await using (target)
        {
            await bench.StartTargetAsync(target, cancellation);
            var saturation = await bench.SaturateAsync(target, cancellation);
            var (found, memory, foreign) = await bench.AskAsync(target, Phases(load.As ?? saturation), cancellation);
            await bench.ProbeAsync(target, cancellation);
            return new LoadResult(
                target.Name, target.Version, saturation, found[1], found[2], [.. found.Take(3..^2)], found[^2], found[^1], Recovery(found[^1].Result), memory, foreign);
        }
    }

    private Phase[] Phases(double whole)
    {
        var half = LoadOptions.Half * whole;
        return
        [
            new(half, load.SettleSeconds), new(LoadOptions.Quarter * whole, LoadOptions.QuarterSeconds, LoadOptions.MostLate),
            new(half, load.HalfSeconds, LoadOptions.MostLate),
            .. LoadOptions.Ramp.Select(share => new Phase(share * whole, LoadOptions.RampSeconds)),
            new(load.Times * whole, load.OverSeconds), new(half, LoadOptions.AfterSeconds),
        ];
    }

    private static double? Recovery(PhaseResult after)
    {
        var place = after.Slots.ToList().FindIndex(slot => slot.Answered > 0 && slot.Others == 0 && slot.P99 <= LoadOptions.RecoveredP99);
        return place < 0 ? null : (place + 1) * SlotResult.Seconds * 1000;
    }
}
