using System.Diagnostics;
using Gatehouse.Bench.Harness.Load;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Sizes;

/// <summary>What it takes to remember, measured on a node that has just been started and may remember more than it will see.</summary>
/// <param name="Entries">How many applications, and then how many tokens, it was made to remember.</param>
/// <param name="ApplicationBytes">Growth of resident memory by the applications, for each.</param>
/// <param name="TokenBytes">The same for verified tokens.</param>
/// <param name="HitMs">Median answer time of single token requests, one at a time, for a remembered application.</param>
/// <param name="MissMs">The same for applications that have to be read from the store.</param>
internal sealed record CacheCost(Size Size, int Entries, double ApplicationBytes, double TokenBytes, double HitMs, double MissMs)
{
    private const int Most = 80_000;
    private const int Least = 1_000;
    private const int Singles = 500;
    private const int SettleSeconds = 10;

    // A sweep must come round; a verification of each token and the call around it take less than 250 µs.
    private const int SweptPerSecond = 4_000;

    /// <returns>Null when there are too few applications to tell anything.</returns>
    public static async Task<CacheCost?> MeasureAsync(
        Rig rig, Installation installation, SizesMeter meter, Action<string> tell, CancellationToken cancellation)
    {
        var entries = Math.Min(Most, installation.Size.Applications / 2);
        if (entries < Least) return null;
        tell($"Measuring what {installation.Size.Name} takes to remember…");
        // Twice as many, so that the young generation holds them all.
        installation.Set("Store__RememberedApplications", 2 * entries + 1_000);
        installation.Set("Gateway__RememberedTokens", 2 * entries + 1_000);
        await installation.ServeAsync(cancellation);
        using var http = rig.Client();
        var asking = new Asking(installation, http);
        foreach (var job in new[] { Jobs.Token, Jobs.Gateway })
            for (var time = 0; time < 3; time++) await meter.OnceAsync(installation, job, Access.Hot, SettleSeconds, cancellation);

        async Task<double> ResidentAsync() => (await meter.OnceAsync(installation, Jobs.Token, Access.Hot, SettleSeconds, cancellation)).ResidentMegabytes;
        int Number(int place) => (int)(place * TokenFile.Spread % installation.Size.Applications);
        var own = Path.Combine(rig.FolderOf(installation.Size.Name), "tokens-own");
        await asking.WriteTokensAsync(own, entries, _ => 0, cancellation); // Of one application.
        var empty = await ResidentAsync();
        await asking.WriteTokensAsync(own + "-others", entries, Number, cancellation); // Remembers the applications; the file is not used.
        var withApplications = await ResidentAsync();
        await new Crowd(Access.Sweep, entries, 0).CallAsync(
            installation.CallUrl, own, new LoadPlan(rig.LoadCpu, 32), entries / SweptPerSecond + 5, cancellation);
        var withTokens = await ResidentAsync();
        var hit = await TimeAsync(asking, installation, _ => 0, cancellation);
        var miss = await TimeAsync(asking, installation, place => Number(entries + place), cancellation);
        await installation.StopAsync();
        double Bytes(double more) => more * 1024 * 1024 / entries;
        return new CacheCost(installation.Size, entries, Bytes(withApplications - empty), Bytes(withTokens - withApplications), hit, miss);
    }

    private static async Task<double> TimeAsync(Asking asking, Installation installation, Func<int, int> number, CancellationToken cancellation)
    {
        var times = new List<double>();
        for (var place = 0; place < 2 * Singles; place++)
        {
            var started = Stopwatch.GetTimestamp();
            await asking.ObtainAsync(installation.Credentials.Form(number(place)), cancellation);
            if (place >= Singles) times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds); // The first ones compile.
        }
        return SizeResult.MedianOf(times);
    }
}
