using System.Diagnostics;
using System.Globalization;
using Gatehouse.Bench.Harness.Load;
using Gatehouse.Bench.Harness.Load.Open;
using Gatehouse.Bench.Harness.Machine;
using Gatehouse.Bench.Harness.Probing;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Measuring;

/// <summary>One target after the other: start, probe, warm up, find saturation, then ask at fractions of it whether it answers or not.</summary>
internal sealed class LoadSession(LoadOptions load, BenchOptions options, Action<string> tell)
{
    public async Task<IReadOnlyList<LoadResult>> RunAsync(string folder, CancellationToken cancellation)
    {
        // What looks at memory must not take the server's CPU from it, on whichever thread it looks; everything that is started says itself where it runs.
        var me = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        await Tool.RunAsync("taskset", ["-a", "-c", "-p", options.LoadCpu.ToString(CultureInfo.InvariantCulture), me], cancellation);
        using var awake = load.Awake ? new AwakeCpu(options.LoadCpu) : null;
        using var rig = new Rig(folder, options.ServerCpu, options.LoadCpu, tokens: 1);
        var results = new List<LoadResult>();
        try
        {
            if (load.Job == Jobs.Gateway) rig.Upstream = await StartUpstreamAsync(rig, cancellation);
            foreach (var target in options.Choose(Catalog.All(load.Job, options.Others), tell))
                if (target.Needs.All(File.Exists)) results.Add(await MeasureAsync(rig, target, cancellation));
                else tell($"{target.Name} is left out: {string.Join(", ", target.Needs)} is not all there.");
        }
        finally
        {
            if (rig.Upstream is not null) await rig.Upstream.DisposeAsync();
        }
        return results.Count > 0 ? results : throw new BenchException($"No target of the job {load.Job} has such a name.");
    }

    // As if it had a machine of its own: neither the load nor the machine's services hold it up.
    private async Task<Upstream> StartUpstreamAsync(Rig rig, CancellationToken cancellation)
    {
        var before = await Precedence.OfProgramAsync(cancellation);
        if (before.Count == 0) tell("The upstream waits for the load as any program: nobody may have real-time priority here.");
        return await Upstream.StartAsync(rig, before, cancellation);
    }

    private async Task<LoadResult> MeasureAsync(Rig rig, Target target, CancellationToken cancellation)
    {
        await using (target)
        {
            tell($"Starting {target.Name}…");
            await target.StartAsync(rig, cancellation);
            await ProbeAsync(rig, target, cancellation);
            var saturation = await SaturateAsync(new Meter(rig, options), target, cancellation);
            tell($"{target.Name} saturates at {saturation:F0}/s.");
            var result = await AskAsync(rig, target, saturation, cancellation);
            await ProbeAsync(rig, target, cancellation);
            return result;
        }
    }

    private static async Task<double> SaturateAsync(Meter meter, Target target, CancellationToken cancellation)
    {
        await meter.WarmUpAsync(target, Generator.Http1, cancellation);
        var most = 0.0;
        for (var run = 0; run < LoadOptions.SaturationRuns; run++)
            most = Math.Max(most, (await meter.MeasureAsync(target, Generator.Http1, cancellation)).PerSecond);
        return most;
    }

    private async Task<LoadResult> AskAsync(Rig rig, Target target, double saturation, CancellationToken cancellation)
    {
        var whole = load.As ?? saturation;
        var half = LoadOptions.Half * whole;
        Phase[] phases =
        [
            new(half, load.SettleSeconds), new(LoadOptions.Quarter * whole, LoadOptions.QuarterSeconds, LoadOptions.MostLate),
            new(half, load.HalfSeconds, LoadOptions.MostLate),
            .. LoadOptions.Ramp.Select(share => new Phase(share * whole, LoadOptions.RampSeconds)),
            new(load.Times * whole, load.OverSeconds), new(half, LoadOptions.AfterSeconds),
        ];
        var question = new Question(target.Url, Path.Combine(rig.FolderOf(target.Name), "question"), target.Form is not null);
        var (before, started) = (CpuReading.Take(target.ProcessId, rig.Upstream?.ProcessId), Stopwatch.GetTimestamp());
        using var asked = new CancellationTokenSource();
        var watch = new ServerWatch(target.ProcessId);
        await using var serverWitness = await StallWitness.StartAsync(options.ServerCpu, cancellation);
        await using var loadWitness = await StallWitness.StartAsync(options.LoadCpu, cancellation);
        var watching = watch.RunAsync(asked.Token);
        IReadOnlyList<PhaseResult> found;
        try
        {
            found = await OpenLoop.RunAsync(new OpenPlan(question, phases, load.Connections, load.Patience), options.LoadCpu, rig.Folder, cancellation);
        }
        finally
        {
            await asked.CancelAsync();
            await watching;
        }
        var (serverStalls, loadStalls) = (await serverWitness.EndAsync(tell, cancellation), await loadWitness.EndAsync(tell, cancellation));
        var (after, wall) = (CpuReading.Take(target.ProcessId, rig.Upstream?.ProcessId), Stopwatch.GetElapsedTime(started).TotalSeconds);
        var foreign = Math.Max(0, after.Busy - before.Busy - (after.Own - before.Own)) / wall * 100;
        return new LoadResult(
            target.Name, target.Version, saturation, Facts(found[1]), Facts(found[2]), [.. found.Take(3..^2).Select(Facts)],
            Facts(found[^2]), Facts(found[^1]), Recovery(found[^1]), watch.Memory, foreign);

        PhaseFacts Facts(PhaseResult phase) => new(
            phase, watch.CpuPercent(phase), serverStalls is null ? null : Stalls.Of(serverStalls, phase),
            loadStalls is null ? null : Stalls.Of(loadStalls, phase));
    }

    private static double? Recovery(PhaseResult after)
    {
        var place = after.Slots.ToList().FindIndex(slot => slot.Answered > 0 && slot.Others == 0 && slot.P99 <= LoadOptions.RecoveredP99);
        return place < 0 ? null : (place + 1) * SlotResult.Seconds * 1000;
    }

    private async Task ProbeAsync(Rig rig, Target target, CancellationToken cancellation)
    {
        using var http = rig.Client();
        if (load.Job == Jobs.Token) await new TokenProbe(rig, target, http).CheckAsync(cancellation);
        else await new GatewayProbe(target, http).CheckAsync(isPatient: false, cancellation);
    }
}
