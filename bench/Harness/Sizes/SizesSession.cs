using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Sizes;

/// <summary>All installations of one kind of store: found, fill, start, prove, then measure them interleaved, one pattern of access after the other.</summary>
internal sealed class SizesSession(string store, SizesOptions options, Action<string> tell)
{
    private const int StartsOfEach = 3;

    // Half of the cache's default: with more applications than twice this a sweep finds none of them in memory.
    private const int LeastToSweep = 200_000;

    private readonly List<SizeResult> _results = [];
    private readonly HashSet<(Installation, string)> _warm = [];

    public async Task<(IReadOnlyList<SizeResult> Results, CacheCost? Cache)> RunAsync(string folder, CancellationToken cancellation)
    {
        using var rig = new Rig(folder, serverCpu: 0, loadCpu: 1, tokens: 1);
        await using var upstream = rig.Upstream = await Upstream.StartAsync(rig, before: [], cancellation);
        await using var postgres = store == Size.Postgres ? await PostgresServer.StartAsync(rig.LoadCpu, cancellation) : null;
        var all = new List<Installation>();
        try
        {
            foreach (var (place, size) in Sizes().Index())
            {
                var database = postgres is null ? null : await postgres.CreateDatabaseAsync($"bench{place}", cancellation);
                all.Add(new Installation(rig, size, options.Program, database));
                await PrepareAsync(all[^1], cancellation);
            }
            foreach (var installation in all) await ServeAsync(rig, installation, cancellation);
            var meter = new SizesMeter(rig, options, postgres?.ProcessId);
            await MeasureAllAsync(meter, all, cancellation);
            foreach (var installation in all) await installation.StopAsync();
            var largest = all.Where(IsPlain).MaxBy(installation => installation.Size.Applications)!;
            return (_results, await CacheCost.MeasureAsync(rig, largest, meter, tell, cancellation));
        }
        finally
        {
            foreach (var installation in all) await installation.DisposeAsync();
        }
    }

    private IEnumerable<Size> Sizes()
    {
        foreach (var applications in options.Applications) yield return new Size(store, applications);
        if (options.Revoked > 0) yield return new Size(store, options.Applications[0], Revoked: options.Revoked);
        if (options.Routes > 0) yield return new Size(store, options.Applications[0], Routes: options.Routes);
    }

    private static bool IsPlain(Installation installation) => installation.Size is { Revoked: 0, Routes: 0 };

    private async Task PrepareAsync(Installation installation, CancellationToken cancellation)
    {
        tell($"Filling {installation.Size.Name}…");
        await installation.FillAsync(cancellation);
        for (var start = 0; start < StartsOfEach; start++) await installation.MeasureStartAsync(cancellation);
        tell($"{installation.Size.Name} starts in {string.Join(", ", installation.Starts.Select(seconds => FormattableString.Invariant($"{seconds:F2}")))} s");
    }

    private static async Task ServeAsync(Rig rig, Installation installation, CancellationToken cancellation)
    {
        await installation.ServeAsync(cancellation);
        using var http = rig.Client();
        await new Asking(installation, http).ProveAsync(cancellation);
    }

    private async Task MeasureAllAsync(SizesMeter meter, List<Installation> all, CancellationToken cancellation)
    {
        foreach (var job in options.Jobs) await PhaseAsync(meter, all, job, Access.Hot, cancellation);
        var plain = all.Where(IsPlain).ToList();
        foreach (var access in new[] { Access.Zipf, Access.Uniform })
            foreach (var job in options.Jobs) await PhaseAsync(meter, plain, job, access, cancellation);
        var swept = plain.Where(installation => installation.Size.Applications >= LeastToSweep).ToList();
        if (swept.Count > 0 && options.Jobs.Contains(Jobs.Token))
            await PhaseAsync(meter, [plain[0], .. swept.Except([plain[0]])], Jobs.Token, Access.Sweep, cancellation);
    }

    /// <summary>A B C, A B C, …: what the machine does meanwhile hits all of them alike.</summary>
    private async Task PhaseAsync(SizesMeter meter, List<Installation> installations, string job, string access, CancellationToken cancellation)
    {
        var results = installations.ConvertAll(installation => new SizeResult(installation.Size, job, access, installation.Starts));
        foreach (var installation in installations)
        {
            var seconds = _warm.Add((installation, job)) ? options.WarmUpSeconds : Math.Max(1, options.WarmUpSeconds / 2);
            await meter.OnceAsync(installation, job, access, seconds, cancellation);
        }
        for (var run = 1; run <= options.Runs; run++)
            foreach (var (place, installation) in installations.Index())
            {
                var sample = await meter.MeasureAsync(installation, job, access, cancellation);
                results[place].Samples.Add(sample);
                tell(FormattableString.Invariant($"{job} {access} run {run} {installation.Size.Name}: {sample.CpuMicros:F1} µs + {sample.StoreMicros:F1}, ")
                    + FormattableString.Invariant($"{sample.PerSecond:F0}/s, {sample.ResidentMegabytes:F0} MB, foreign {sample.ForeignPercent:F0} %"));
            }
        _results.AddRange(results);
    }
}
