using Gatehouse.Bench.Harness.Load;
using Gatehouse.Bench.Harness.Probing;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Measuring;

/// <summary>One job from the first start to the last answer: start, probe, warm up, measure interleaved, probe again.</summary>
internal sealed class Session(string job, BenchOptions options, Action<string> tell)
{
    public async Task<IReadOnlyList<Result>> RunAsync(string folder, CancellationToken cancellation)
    {
        using var rig = new Rig(folder, options.ServerCpu, options.LoadCpu, job == Jobs.Gateway ? options.Tokens : 1);
        var started = new List<Target>();
        try
        {
            if (Catalog.NeedsUpstream(job)) rig.Upstream = await Upstream.StartAsync(rig, before: [], cancellation);
            await StartAllAsync(rig, started, cancellation);
            var meter = new Meter(rig, options);
            var results = new List<Result>();
            foreach (var protocol in options.Protocols) results.AddRange(await MeasureAsync(meter, protocol, started, cancellation));
            foreach (var target in started) await ProbeAsync(rig, target, isPatient: true, cancellation);
            return results;
        }
        finally
        {
            foreach (var target in started) await target.DisposeAsync();
            if (rig.Upstream is not null) await rig.Upstream.DisposeAsync();
        }
    }

    private async Task StartAllAsync(Rig rig, List<Target> started, CancellationToken cancellation)
    {
        foreach (var target in options.Choose(Catalog.All(job, options.Others), tell))
        {
            if (target.Needs.FirstOrDefault(program => !File.Exists(program)) is { } missing)
            {
                tell($"{target.Name} is left out: there is no {missing}.");
                continue;
            }
            tell($"Starting {target.Name}…");
            started.Add(target);
            await target.StartAsync(rig, cancellation);
            await ProbeAsync(rig, target, isPatient: false, cancellation);
        }
        if (started.Count == 0) throw new BenchException($"No target of the job {job} has such a name.");
    }

    /// <summary>A B C, A B C, …: what the machine does meanwhile hits all of them alike.</summary>
    private async Task<IReadOnlyList<Result>> MeasureAsync(Meter meter, string protocol, List<Target> targets, CancellationToken cancellation)
    {
        var results = new List<Result>();
        foreach (var target in targets)
        {
            var steps = await meter.WarmUpAsync(target, protocol, cancellation);
            tell($"{protocol} {target.Name} warmed up: {steps[0]:F1} → {steps[^1]:F1} µs in {steps.Count} steps");
            results.Add(new Result(target, protocol));
        }
        for (var run = 1; run <= options.Runs; run++)
            foreach (var result in results)
            {
                var sample = await meter.MeasureAsync(result.Target, protocol, cancellation);
                result.Samples.Add(sample);
                tell($"{protocol} run {run} {result.Target.Name}: {sample.CpuMicros:F1} µs, {sample.PerSecond:F0}/s, foreign {sample.ForeignPercent:F0} %");
            }
        return results;
    }

    private async Task ProbeAsync(Rig rig, Target target, bool isPatient, CancellationToken cancellation)
    {
        if (target.Load is { } own)
        {
            await own.ProbeAsync(cancellation);
            return;
        }
        foreach (var protocol in options.Protocols)
        {
            using var http = rig.Client(Generator.VersionOf(protocol));
            if (job == Jobs.Token) await new TokenProbe(rig, target, http).CheckAsync(cancellation);
            else await new GatewayProbe(target, http).CheckAsync(isPatient, cancellation);
        }
    }
}
