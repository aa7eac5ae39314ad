using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Gatehouse.Bench.Harness.Load.Open;
using Gatehouse.Bench.Harness.Measuring;

namespace Gatehouse.Bench.Harness.Report;

/// <summary>What <c>bench/bench load</c> found: three tables for people, all of it in JSON for programs.</summary>
internal static class LoadReport
{
    private static readonly JsonSerializerOptions Shape = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static readonly string[] WithinHead =
        ["target", "saturation / s", "asked / s", "p50 ms", "p99 ms", "p99.9 ms", "max ms", "p99 / p50", "longest pause ms", "machine stalls longest / sum ms", "generator late p50 / p99 ms", "not answered", "foreign %"];

    private static readonly string[] OverHead =
        ["target", "asked / s", "200 / s", "% of saturation", "p50 ms", "p99 ms", "503 / s", "503 p50 ms", "503 p99 ms", "not sent %", "failed", "RSS MB start / most / end", "recovery ms"];

    public static async Task WriteAsync(
        string file, RunFacts facts, LoadOptions load, IReadOnlyList<LoadResult> results, CancellationToken cancellation)
    {
        if (Path.GetDirectoryName(file) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(file + ".md", $"""
            # Latency and overload, {load.Job}, {facts.Date}

            Commit {facts.Commit}. {facts.Cpu}, {facts.Cpus} CPUs, {facts.Memory}. {facts.System}, {facts.Runtime}.
            {load.Connections} connections, HTTP/1.1; a request waits up to {load.Patience} ms for a free one.

            {Tables(load, results)}
            """, cancellation);
        await File.WriteAllTextAsync(file + ".json", JsonSerializer.Serialize(new { Facts = facts, Load = load, Results = results.Select(WithoutSlots) }, Shape) + "\n", cancellation);
    }

    public static string Tables(LoadOptions load, IReadOnlyList<LoadResult> results) => string.Create(CultureInfo.InvariantCulture, $"""
        ## At a quarter of saturation, for {LoadOptions.QuarterSeconds} s, from when requests were due

        {Grid.Write(WithinHead, results.Select(result => Within(result, result.Quarter)))}
        ## At half of saturation, for {load.HalfSeconds} s, from when requests were due

        {Grid.Write(WithinHead, results.Select(result => Within(result, result.Half)))}
        ## At {load.Times} × saturation, for {load.OverSeconds} s, from when requests were sent

        {Grid.Write(OverHead, results.Select(Over))}
        """);

    // Recovery is told by the tenths of a second after the overload; thousands of those before it are nobody's to read.
    private static LoadResult WithoutSlots(LoadResult result) => 
        result with { Quarter = result.Quarter with { Slots = [] }, Half = result.Half with { Slots = [] }, Over = result.Over with { Slots = [] } };

    private static string[] Within(LoadResult result, PhaseResult phase)
    {
        var times = phase.FromDue;
        return
        [
            result.Target, Number(result.Saturation, 0), Number(phase.Phase.PerSecond, 0), Number(times.P50, 2), Number(times.P99, 2), Number(times.P999, 2),
            Number(times.Max, 1), Number(times.P99 / times.P50, 1), Number(phase.LongestPause, 1), Stalls(result, phase),
            $"{Number(phase.Late.P50, 2)} / {Number(phase.Late.P99, 2)}",
            Number(phase.Refused + phase.Failed + phase.NotSent, 0), Number(result.ForeignPercent, 0),
        ];
    }

    // Of both CPUs: a stall of the generator's holds answers up as one of the server's does.
    private static string Stalls(LoadResult result, PhaseResult phase)
    {
        if (result.Stalls is null) return "-";
        var end = phase.Start + (long)(phase.Phase.Seconds * Stopwatch.Frequency);
        var within = result.Stalls.SelectMany(cpu => cpu).Where(stall => stall.At >= phase.Start && stall.At < end).Select(stall => stall.Milliseconds).ToList();
        return $"{Number(within.DefaultIfEmpty().Max(), 1)} / {Number(within.Sum(), 0)}";
    }

    private static string[] Over(LoadResult result)
    {
        var (phase, memory) = (result.Over, result.Memory);
        return
        [
            result.Target, Number(phase.Phase.PerSecond, 0), Number(phase.AnsweredPerSecond, 0), Number(phase.AnsweredPerSecond / result.Saturation * 100, 0),
            Number(phase.FromSent.P50, 1), Number(phase.FromSent.P99, 1), Number(phase.RefusedPerSecond, 0), Refused(phase, times => times.P50),
            Refused(phase, times => times.P99), Number(phase.NotSent / phase.Due * 100, 0), Number(phase.Failed, 0),
            $"{Number(memory[0], 0)} / {Number(memory.Max(), 0)} / {Number(memory[^1], 0)}",
            result.RecoveryMilliseconds is { } recovery ? $"≤ {Number(recovery, 0)}" : "not",
        ];
    }

    private static string Refused(PhaseResult phase, Func<Times, double> value) => phase.Refused == 0 ? "-" : Number(value(phase.RefusedFromSent), 1);

    private static string Number(double value, int decimals) => value.ToString($"N{decimals}", CultureInfo.InvariantCulture);
}
