using Gatehouse.Bench.Harness.Load.Open;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Measuring;

/// <summary>
/// All targets stand at once and are asked in turn, so that a slower hour of the machine hits all of them alike. What is half of saturation is found anew in each
/// round, by the first of them: the machine's speed changes, too.
/// </summary>
internal sealed class TurnSession(LoadOptions load, BenchOptions options, Action<string> tell)
{
    public async Task<IReadOnlyList<TurnResult>> RunAsync(string folder, CancellationToken cancellation)
    {
        await using var bench = await OpenBench.StartAsync(load, options, tell, folder, cancellation);
        var targets = new List<Target>();
        try
        {
            foreach (var target in bench.Choose())
            {
                targets.Add(target);
                await bench.StartAsync(target, cancellation);
            }
            if (targets.Count == 0) throw new BenchException($"No target of the job {load.Job} has such a name.");
            await SettleAsync(bench, targets, cancellation);
            var turns = await TakeTurnsAsync(bench, targets, cancellation);
            foreach (var target in targets) await bench.ProbeAsync(target, cancellation);
            return [.. targets.Select(target => new TurnResult(target.Name, target.Version, [.. turns[target]]))];
        }
        finally
        {
            foreach (var target in targets) await target.DisposeAsync();
        }
    }

    private async Task SettleAsync(OpenBench bench, List<Target> targets, CancellationToken cancellation)
    {
        var whole = load.As;
        foreach (var target in targets)
        {
            var own = await bench.SaturateAsync(target, cancellation);
            whole ??= own; // Of the first.
            if (load.SettleSeconds > 0) await bench.AskAsync(target, [new(LoadOptions.Half * whole.Value, load.SettleSeconds)], cancellation);
        }
    }

    private async Task<ILookup<Target, PhaseFacts>> TakeTurnsAsync(OpenBench bench, List<Target> targets, CancellationToken cancellation)
    {
        var turns = new List<(Target Target, PhaseFacts Facts)>();
        for (var round = 0; round < load.Rounds; round++)
        {
            var half = LoadOptions.Half * (load.As ?? await bench.SaturateOnceAsync(targets[0], cancellation));
            // Each begins as often as the others.
            foreach (var target in targets.Skip(round % targets.Count).Concat(targets.Take(round % targets.Count)))
            {
                var asked = await bench.AskAsync(
                    target, [new(half, LoadOptions.BeforeTurnSeconds), new(half, load.HalfSeconds, LoadOptions.MostLate)], cancellation);
                var facts = asked.Phases[^1];
                turns.Add((target, facts));
                var times = facts.Result.FromDue;
                tell($"round {round + 1} {target.Name} at {half:F0}/s: p50 {times.P50:F2}, p99 {times.P99:F2} ms, {times.P99 / times.P50:F1} times");
            }
        }
        return turns.ToLookup(turn => turn.Target, turn => turn.Facts);
    }
}
