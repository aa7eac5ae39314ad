using System.Diagnostics;
using Gatehouse.Bench.Harness.Load;
using Gatehouse.Bench.Harness.Machine;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Measuring;

/// <summary>Puts load on a target and says what that cost.</summary>
internal sealed class Meter(Rig rig, BenchOptions options)
{
    private const int WarmUpStep = 3;
    private const int SteadySteps = 4;

    // With one CPU to itself a server under load compiles late: its first 30 s may look steady and cost thrice what comes after.
    private const int LeastSteps = 14;
    private const int LeastStepsWhenWarm = 8;
    private const int Repeats = 2;

    private readonly HashSet<Target> _warm = [];
    private readonly LoadPlan _plan = new(options.LoadCpu, options.InFlight);

    /// <summary>
    /// Loads a target until it stops getting cheaper. Code is compiled in tiers on the CPU that also serves.
    /// </summary>
    /// <returns>The cost of each step in microseconds.</returns>
    public async Task<IReadOnlyList<double>> WarmUpAsync(Target target, string protocol, CancellationToken cancellation)
    {
        var costs = new List<double>();
        var least = _warm.Add(target) ? LeastSteps : LeastStepsWhenWarm;
        do costs.Add((await OnceAsync(target, protocol, WarmUpStep, cancellation)).CpuMicros);
        while (target.IsCompiledWhileRunning && !(costs.Count >= least && IsSteady(costs)) && costs.Count * WarmUpStep < options.WarmUpSeconds);
        return costs;
    }

    /// <summary>The last steps found nothing cheaper than those before, and none of them paid for a compilation.</summary>
    private static bool IsSteady(List<double> costs)
    {
        var last = costs.TakeLast(SteadySteps).ToArray();
        return last.Min() > 0.98 * costs.SkipLast(SteadySteps).Min() && last.Max() < 1.15 * costs.Min();
    }

    /// <summary>One run; of up to three when other programs disturb it, the least disturbed.</summary>
    public async Task<Sample> MeasureAsync(Target target, string protocol, CancellationToken cancellation)
    {
        var best = await OnceAsync(target, protocol, options.Seconds, cancellation);
        for (var repeat = 0; repeat < Repeats && best.ForeignPercent > options.MaxForeign; repeat++)
        {
            var again = await OnceAsync(target, protocol, options.Seconds, cancellation);
            if (again.ForeignPercent < best.ForeignPercent) best = again;
        }
        return best;
    }

    private async Task<Sample> OnceAsync(Target target, string protocol, int seconds, CancellationToken cancellation)
    {
        if (target.Load is { } own) await own.ReadyAsync(_plan, seconds, cancellation);
        var (before, started) = (Read(target), Stopwatch.GetTimestamp());
        var outcome = await AskAsync(target, protocol, seconds, cancellation);
        var (after, wall) = (Read(target), Stopwatch.GetElapsedTime(started).TotalSeconds);
        if (outcome.Failed > 0 || outcome.Answered == 0)
            throw new BenchException($"{target.Name} over {protocol}: {outcome.Failed} of {outcome.Answered + outcome.Failed} requests failed.");
        double Percent(double used) => Math.Max(0, used) / wall * 100;
        return new Sample(
            (after.Target - before.Target) / outcome.Answered * 1e6, outcome.Answered / outcome.Seconds, outcome.P50, outcome.P99,
            Percent(after.Target - before.Target), Percent(after.Busy - before.Busy - (after.Own - before.Own)), Percent(after.Stolen - before.Stolen),
            ProcessTree.ResidentMegabytes(target.ProcessId));
    }

    private Task<Outcome> AskAsync(Target target, string protocol, int seconds, CancellationToken cancellation)
    {
        if (target.Load is { } own) return own.RunAsync(_plan, seconds, cancellation);
        var question = new Question(target.Url, QuestionFile(target), target.Form is not null);
        return Generator.RunAsync(protocol, question, _plan, seconds, rig.Folder, cancellation);
    }

    private CpuReading Read(Target target) => CpuReading.Take(target.ProcessId, rig.Upstream?.ProcessId);

    private string QuestionFile(Target target)
    {
        var file = Path.Combine(rig.FolderOf(target.Name), "question");
        if (File.Exists(file)) return file;
        if (target.Form is { } form) File.WriteAllText(file, form);
        else File.WriteAllLines(file, target.Tokens);
        return file;
    }
}
