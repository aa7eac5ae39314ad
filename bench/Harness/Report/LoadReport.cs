using System.Globalization;
using Gatehouse.Bench.Harness.Load.Open;
using Gatehouse.Bench.Harness.Measuring;

namespace Gatehouse.Bench.Harness.Report;

/// <summary>What <c>bench/bench load</c> found of one target after the other: three tables.</summary>
internal static class LoadReport
{
    private static readonly string[] BelowHead =
    [
        "target", "saturation / s", "asked / s", "CPU %", "p50 ms", "p99 ms", "p99.9 ms", "max ms", "p99 / p50", "longest pause ms",
        "server CPU stalls longest / sum ms", "load CPU stalls longest / sum ms", "generator late p50 / p99 ms",
        "left out %", "p99 ms with them as the slowest", "read p99 ms", "not answered", "foreign %",
    ];

    private static readonly string[] OverHead =
    [
        "target", "asked / s", "200 / s", "most 200 / s (of asked)", "% of that", "% of saturation", "p50 ms", "p99 ms",
        "503 / s", "503 p50 ms", "503 p99 ms", "not sent %", "failed", "RSS MB start / most / end", "recovery ms",
    ];

    public static string Markdown(RunFacts facts, LoadOptions load, IReadOnlyList<LoadResult> results) => $"""
        # Latency and overload, {load.Job}, {facts.Date}

        {facts.Sentence}
        {LoadFile.Connections(load)}
        Before, each target was warmed up, saturated and asked for half of that for {load.SettleSeconds} s.

        {Tables(load, results)}
        """;

    public static string Tables(LoadOptions load, IReadOnlyList<LoadResult> results) => string.Create(CultureInfo.InvariantCulture, $"""
        ## At a quarter of saturation, for {LoadOptions.QuarterSeconds} s, from when requests were due

        {Grid.Write(BelowHead, results.Select(result => Below(result, result.Quarter)))}
        ## At half of saturation, for {load.HalfSeconds} s, from when requests were due

        {Grid.Write(BelowHead, results.Select(result => Below(result, result.Half)))}
        ## At {load.Times} × saturation, for {load.OverSeconds} s, from when requests were sent

        {Grid.Write(OverHead, results.Select(Over))}
        """);

    // Tenths of a second are there for the recovery; of what was before it the seconds tell enough, and of what was beyond capacity the whole.
    public static LoadResult Shorten(LoadResult result) => result with
    {
        Quarter = Shorten(result.Quarter), Half = Shorten(result.Half), Ramp = [.. result.Ramp.Select(Shorten)], Over = Shorten(result.Over),
        After = result.After with { Result = WithoutStart(result.After) },
    };

    public static PhaseFacts Shorten(PhaseFacts phase) => phase with
    {
        Result = WithoutStart(phase) with
        {
            Slots = [], WorstP99EachTenSeconds = [.. phase.Result.Slots.Chunk(100).Select(slots => slots.Max(slot => slot.P99))],
        },
    };

    // The time since the machine started says nothing to anybody else.
    private static PhaseResult WithoutStart(PhaseFacts phase) => phase.Result with { Start = 0 };

    private static string[] Below(LoadResult result, PhaseFacts facts)
    {
        var (phase, times) = (facts.Result, facts.Result.FromDue);
        return
        [
            result.Target, Number(result.Saturation, 0), Number(phase.Phase.PerSecond, 0), Number(facts.CpuPercent, 0),
            Number(times.P50, 2), Number(times.P99, 2), Number(times.P999, 2), Number(times.Max, 1), Number(times.Ratio, 1),
            Number(phase.LongestPause, 1), Stood(facts.ServerStalls), Stood(facts.LoadStalls),
            $"{Number(phase.Late.P50, 2)} / {Number(phase.Late.P99, 2)}",
            Number(phase.LeftOutPercent, 2),
            phase.P99WithLeftOut is { } most ? Number(most, 2) : $"> {Number(times.Max, 0)}", Number(phase.Seen.P99, 2), Number(phase.NotAnswered, 0), Number(result.ForeignPercent, 0),
        ];
    }

    private static string Stood(Stalls? stalls) => stalls is null ? "-" : $"{Number(stalls.Longest, 1)} / {Number(stalls.Sum, 0)}";

    private static string[] Over(LoadResult result)
    {
        var (phase, memory, peak) = (result.Over.Result, result.Memory, result.Peak);
        return
        [
            result.Target, Number(phase.Phase.PerSecond, 0), Number(phase.AnsweredPerSecond, 0),
            $"{Number(peak.AnsweredPerSecond, 0)} ({Number(peak.Phase.PerSecond, 0)})", Number(phase.AnsweredPerSecond / peak.AnsweredPerSecond * 100, 0),
            Number(phase.AnsweredPerSecond / result.Saturation * 100, 0),
            Number(phase.FromSent.P50, 1), Number(phase.FromSent.P99, 1), Number(phase.RefusedPerSecond, 0), Refused(phase, times => times.P50),
            Refused(phase, times => times.P99), Number(phase.NotSent / phase.Due * 100, 0), Number(phase.Failed, 0),
            $"{Number(memory[0], 0)} / {Number(memory.Max(), 0)} / {Number(memory[^1], 0)}",
            result.RecoveryMilliseconds is { } recovery ? $"≤ {Number(recovery, 0)}" : "not",
        ];
    }

    private static string Refused(PhaseResult phase, Func<Times, double> value) => phase.Refused == 0 ? "-" : Number(value(phase.RefusedFromSent), 1);

    private static string Number(double value, int decimals) => value.ToString($"N{decimals}", CultureInfo.InvariantCulture);
}
