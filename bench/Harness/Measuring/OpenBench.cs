using System.Diagnostics;
using System.Globalization;
using Gatehouse.Bench.Harness.Load;
using Gatehouse.Bench.Harness.Load.Open;
using Gatehouse.Bench.Harness.Machine;
using Gatehouse.Bench.Harness.Probing;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Measuring;

/// <summary>What was seen of a target while an open loop asked it.</summary>
/// <param name="Phases">In their order.</param>
/// <param name="Memory">RSS in mebibytes, twice a second over all phases.</param>
/// <param name="ForeignPercent">How much of one CPU programs took that have nothing to do with the run.</param>
internal sealed record Asked(IReadOnlyList<PhaseFacts> Phases, IReadOnlyList<double> Memory, double ForeignPercent);

/// <summary>What every session of open loops does: the rig with its upstream, starts, probes, saturation, and loops beside which the machine is watched.</summary>
internal sealed class OpenBench : IAsyncDisposable
{
    private readonly LoadOptions _load;
    private readonly BenchOptions _options;
    private readonly Action<string> _tell;
    private AwakeCpu? _awake;
    private readonly Rig _rig;
    private readonly Meter _meter;

    private OpenBench(LoadOptions load, BenchOptions options, Action<string> tell, string folder)
    {
        (_load, _options, _tell) = (load, options, tell);
        _rig = new Rig(folder, options.ServerCpu, options.LoadCpu, tokens: 1);
        _meter = new Meter(_rig, options);
    }

    public static async Task<OpenBench> StartAsync(LoadOptions load, BenchOptions options, Action<string> tell, string folder, CancellationToken cancellation)
    {
        // What looks at memory must not take the server's CPU from it, on whichever thread it looks; everything that is started says itself where it runs.
        var me = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        await Tool.RunAsync("taskset", ["-a", "-c", "-p", options.LoadCpu.ToString(CultureInfo.InvariantCulture), me], cancellation);
        var bench = new OpenBench(load, options, tell, folder);
        try
        {
            bench._awake = load.Awake ? new AwakeCpu(options.LoadCpu) : null;
            if (load.Job == Jobs.Gateway) await bench.StartUpstreamAsync(cancellation);
            return bench;
        }
        catch
        {
            await bench.DisposeAsync();
            throw;
        }
    }

    /// <summary>The targets that were asked for and whose programs are there, at least one; none has been started.</summary>
    public IReadOnlyList<Target> Choose()
    {
        var chosen = new List<Target>();
        foreach (var target in _options.Choose(Catalog.All(_load.Job, _options.Others), _tell))
            if (target.Needs.All(File.Exists)) chosen.Add(target);
            else _tell($"{target.Name} is left out: {string.Join(", ", target.Needs)} is not all there.");
        return chosen.Count > 0 ? chosen : throw new BenchException($"No target of the job {_load.Job} has such a name.");
    }

    public async Task StartTargetAsync(Target target, CancellationToken cancellation)
    {
        _tell($"Starting {target.Name}…");
        await target.StartAsync(_rig, cancellation);
        await ProbeAsync(target, cancellation);
    }

    public async Task ProbeAsync(Target target, CancellationToken cancellation)
    {
        using var http = _rig.Client();
        if (_load.Job == Jobs.Token) await new TokenProbe(_rig, target, http).CheckAsync(cancellation);
        else await new GatewayProbe(target, http).CheckAsync(isPatient: false, cancellation);
    }

    /// <returns>Answers per second of the best closed loop of some, after it has been warmed up.</returns>
    public async Task<double> SaturateAsync(Target target, CancellationToken cancellation)
    {
        await _meter.WarmUpAsync(target, Generator.Http1, cancellation);
        var most = 0.0;
        for (var run = 0; run < LoadOptions.SaturationRuns; run++) most = Math.Max(most, await SaturateOnceAsync(target, cancellation));
        _tell($"{target.Name} saturates at {most:F0}/s.");
        return most;
    }

    /// <returns>Answers per second of one closed loop.</returns>
    public async Task<double> SaturateOnceAsync(Target target, CancellationToken cancellation) =>
        (await _meter.MeasureAsync(target, Generator.Http1, cancellation)).PerSecond;

    public async Task<Asked> AskAsync(Target target, IReadOnlyList<Phase> phases, CancellationToken cancellation)
    {
        var question = new Question(target.Url, Path.Combine(_rig.FolderOf(target.Name), "question"), target.Form is not null);
        var (before, started) = (CpuReading.Take(target.ProcessId, _rig.Upstream?.ProcessId), Stopwatch.GetTimestamp());
        using var asked = new CancellationTokenSource();
        var watch = new ServerWatch(target.ProcessId);
        await using var serverWitness = await StallWitness.StartAsync(_options.ServerCpu, cancellation);
        await using var loadWitness = await StallWitness.StartAsync(_options.LoadCpu, cancellation);
        var watching = watch.RunAsync(asked.Token);
        IReadOnlyList<PhaseResult> found;
        try
        {
            found = await OpenLoop.RunAsync(new OpenPlan(question, phases, _load.Connections, _load.Patience), _options.LoadCpu, _rig.Folder, cancellation);
        }
        finally
        {
            await asked.CancelAsync();
            await watching;
        }
        var (serverStalls, loadStalls) = (await serverWitness.EndAsync(_tell, cancellation), await loadWitness.EndAsync(_tell, cancellation));
        var (after, wall) = (CpuReading.Take(target.ProcessId, _rig.Upstream?.ProcessId), Stopwatch.GetElapsedTime(started).TotalSeconds);
        var foreign = Math.Max(0, after.Busy - before.Busy - (after.Own - before.Own)) / wall * 100;
        return new Asked([.. found.Select(Facts)], watch.Memory, foreign);

        PhaseFacts Facts(PhaseResult phase) => new(
            phase, watch.CpuPercent(phase), serverStalls is null ? null : Stalls.Of(serverStalls, phase),
            loadStalls is null ? null : Stalls.Of(loadStalls, phase));
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_rig.Upstream is not null) await _rig.Upstream.DisposeAsync();
        }
        finally
        {
            _rig.Dispose();
            _awake?.Dispose();
        }
    }

    // As if it had a machine of its own: neither the load nor the machine's services hold it up.
    private async Task StartUpstreamAsync(CancellationToken cancellation)
    {
        var before = await Precedence.OfProgramAsync(cancellation);
        if (before.Count == 0) _tell("The upstream waits for the load as any program: nobody may have real-time priority here.");
        _rig.Upstream = await Upstream.StartAsync(_rig, before, cancellation);
    }
}
