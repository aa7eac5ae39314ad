using Gatehouse.Bench.Harness.Load.Open;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Measuring;

/// <summary>
/// All targets stand at once and are asked in turn, so that a slower hour of the machine hits all of them alike. Half of saturation is found anew before
/// each round, by a closed loop on the first of them: the machine's speed changes, too.
/// </summary>
internal sealed class TurnSession(LoadOptions load, BenchOptions options, Action<string> tell)
{
    public async Task<IReadOnlyList<TurnResult>> RunAsync(string folder, CancellationToken cancellation)
    {
        await using var bench = await OpenBench.StartAsync(load, options, tell, folder, cancellation);
        var targets = bench.Choose();
        try
        {
            foreach (var target in targets) await bench.StartTargetAsync(target, cancellation);
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

    private async Task SettleAsync(OpenBench bench, IReadOnlyList<Target> targets, CancellationToken cancellation)
    {
        var whole = load.As;
        foreach (var target in targets)
        {
            var own = await bench.SaturateAsync(target, cancellation);
            whole ??= own; // Of the first.
            if (load.SettleSeconds > 0) await bench.AskAsync(target, [new(LoadOptions.Half * whole.Value, load.SettleSeconds)], cancellation);
        }
    }

    private async Task<ILookup<Target, Turn>> TakeTurnsAsync(OpenBench bench, IReadOnlyList<Target> targets, CancellationToken cancellation)
    {
        var turns = new List<(Target Target, Turn Turn)>();
        for (var round = 0; round < load.Rounds; round++)
        {
            var half = LoadOptions.Half * (load.As ?? await bench.SaturateOnceAsync(targets[0], cancellation));
            foreach (var target in targets.Skip(round % targets.Count).Concat(targets.Take(round % targets.Count)))
            {
                var turn = await TakeTurnAsync(bench, target, half, cancellation);
                turns.Add((target, turn));
                var (result, ratio) = (turn.Facts.Result, turn.Facts.Result.FromDue.Ratio);
                tell($"round {round + 1} {target.Name} at {half:F0}/s: p50 {result.FromDue.P50:F2}, p99 {result.FromDue.P99:F2} ms, {ratio:F1} times");
            }
        }
        return turns.ToLookup(turn => turn.Target, turn => turn.Turn);
    }

    private async Task<Turn> TakeTurnAsync(OpenBench bench, Target target, double half, CancellationToken cancellation)
    {
        var asked = await bench.AskAsync(target, [new(half, LoadOptions.BeforeTurnSeconds), new(half, load.HalfSeconds, LoadOptions.MostLate)], cancellation);
        return new Turn(asked.Phases[^1], asked.ForeignPercent);
    }
}
