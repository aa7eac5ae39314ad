using System.Diagnostics;
using System.Security.Cryptography;
using Gatehouse.Bench.Harness.Load;
using Gatehouse.Bench.Harness.Machine;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Sizes;

/// <summary>Puts the load of many applications on a node and says what that cost, in the node and in its database.</summary>
/// <param name="postgres">The process of the database; null for SQLite.</param>
internal sealed class SizesMeter(Rig rig, SizesOptions options, int? postgres)
{
    private const int MaxForeign = 10;
    private const int Repeats = 2;

    private readonly LoadPlan _plan = new(rig.LoadCpu, options.InFlight);
    private readonly Dictionary<Installation, int> _swept = [];

    /// <summary>One run; of up to three when other programs disturb it, the least disturbed.</summary>
    public async Task<SizeSample> MeasureAsync(Installation installation, string job, string access, CancellationToken cancellation)
    {
        var best = await OnceAsync(installation, job, access, options.Seconds, cancellation);
        for (var repeat = 0; repeat < Repeats && best.ForeignPercent > MaxForeign; repeat++)
        {
            var again = await OnceAsync(installation, job, access, options.Seconds, cancellation);
            if (again.ForeignPercent < best.ForeignPercent) best = again;
        }
        return best;
    }

    public async Task<SizeSample> OnceAsync(Installation installation, string job, string access, int seconds, CancellationToken cancellation)
    {
        var (before, store, started) = (Read(installation), StoreSeconds(), Stopwatch.GetTimestamp());
        var outcome = await LoadAsync(installation, job, access, seconds, cancellation);
        var (after, used, wall) = (Read(installation), StoreSeconds() - store, Stopwatch.GetElapsedTime(started).TotalSeconds);
        if (outcome.Failed > 0 || outcome.Answered == 0)
            throw new BenchException($"{installation.Size.Name}, {job}, {access}: {outcome.Failed} of {outcome.Answered + outcome.Failed} requests failed.");
        var foreign = after.Busy - before.Busy - (after.Own - before.Own) - used;
        return new SizeSample(
            outcome.Answered, (after.Target - before.Target) / outcome.Answered * 1e6, used / outcome.Answered * 1e6, outcome.Answered / outcome.Seconds,
            outcome.P50, outcome.P99, ProcessTree.ResidentMegabytes(installation.ProcessId), Math.Max(0, foreign) / wall * 100);
    }

    private async Task<Outcome> LoadAsync(Installation installation, string job, string access, int seconds, CancellationToken cancellation)
    {
        var file = job == Jobs.Gateway ? await TokenFile.FindAsync(rig, installation, access, options.Tokens, cancellation) : null;
        var count = file?.Count ?? installation.Size.Applications;
        var swept = _swept.GetValueOrDefault(installation);
        var crowd = new Crowd(access, count, access == Access.Sweep ? swept : RandomNumberGenerator.GetInt32(int.MaxValue));
        var outcome = file is null
            ? await crowd.RequestAsync(installation.TokenEndpoint, installation.Credentials, _plan, seconds, cancellation)
            : await crowd.CallAsync(installation.CallUrl, file.Path, _plan, seconds, cancellation);
        if (access == Access.Sweep) _swept[installation] = swept + (int)outcome.Answered + options.InFlight; // Those on their way at the end count too.
        return outcome;
    }

    private CpuReading Read(Installation installation) => CpuReading.Take(installation.ProcessId, rig.Upstream?.ProcessId);

    private double StoreSeconds() => postgres is { } id ? ProcessTree.CpuSeconds(id) : 0;
}
