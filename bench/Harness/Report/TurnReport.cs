using System.Globalization;
using Gatehouse.Bench.Harness.Load.Open;
using Gatehouse.Bench.Harness.Measuring;

namespace Gatehouse.Bench.Harness.Report;

/// <summary>What <c>bench/bench load --rounds</c> found of all targets in turn: one table.</summary>
internal static class TurnReport
{
    private static readonly string[] Head =
    [
        "target", "asked / s", "CPU %", "p50 ms", "p99 ms", "p99 / p50", $"within {LoadOptions.MostRatio}", "longest pause ms", "left out %",
        "p99 ms with them as the slowest", "server CPU stalls longest / sum ms", "load CPU stalls longest / sum ms", "generator late p99 ms", "not answered", "foreign %",
    ];

    public static string Markdown(RunFacts facts, LoadOptions load, IReadOnlyList<TurnResult> results) => $"""
        # Latency in turn, {load.Job}, {facts.Date}

        {facts.Sentence}
        {LoadFile.Connections(load)}
        Before, each target was warmed up, saturated and asked for {load.SettleSeconds} s at half of {(load.As is null ? "what the first one does" : "that rate")}. All of them stood all the time.

        {Tables(load, results)}
        """;

    public static string Tables(LoadOptions load, IReadOnlyList<TurnResult> results) => $"""
        ## In {load.Rounds} rounds, {load.HalfSeconds} s for each target, from when requests were due

        {(load.As is null ? "At half of what one closed loop of the first target gave before each round." : "At half of the rate above.")}
        Medians, with least and most; of pauses and foreign load the most, of what was not answered the sum.

        {Grid.Write(Head, results.Select(Row))}
        """;

    public static TurnResult Shorten(TurnResult result) => result with
    {
        Turns = [.. result.Turns.Select(turn => turn with { Facts = LoadReport.Shorten(turn.Facts) })],
    };

    private static string[] Row(TurnResult result)
    {
        List<PhaseFacts> turns = [.. result.Turns.Select(turn => turn.Facts)];
        string Of(Func<PhaseResult, double> value, int decimals) => Spread(turns.Select(turn => value(turn.Result)), decimals);
        return
        [
            result.Target, Of(phase => phase.Phase.PerSecond, 0), Spread(turns.Select(turn => turn.CpuPercent), 0), Of(phase => phase.FromDue.P50, 2),
            Of(phase => phase.FromDue.P99, 2), Of(phase => phase.FromDue.Ratio, 1),
            string.Create(CultureInfo.InvariantCulture, $"{turns.Count(turn => turn.Result.FromDue.Ratio <= LoadOptions.MostRatio)} of {turns.Count}"),
            Number(turns.Max(turn => turn.Result.LongestPause), 1), Of(phase => phase.LeftOutPercent, 2),
            Of(phase => phase.P99WithLeftOut ?? double.PositiveInfinity, 2), Stood(turns, turn => turn.ServerStalls), Stood(turns, turn => turn.LoadStalls),
            Of(phase => phase.Late.P99, 2), Number(turns.Sum(turn => turn.Result.NotAnswered), 0), Number(result.Turns.Max(turn => turn.ForeignPercent), 0),
        ];
    }

    private static string Spread(IEnumerable<double> values, int decimals)
    {
        double[] all = [.. values.Order()];
        var median = (all[(all.Length - 1) / 2] + all[all.Length / 2]) / 2;
        return all[0].Equals(all[^1]) ? Number(median, decimals) : $"{Number(median, decimals)} ({Number(all[0], decimals)}–{Number(all[^1], decimals)})";
    }

    private static string Stood(List<PhaseFacts> turns, Func<PhaseFacts, Stalls?> stalls)
    {
        var all = turns.Select(stalls).OfType<Stalls>().ToList();
        return all.Count < turns.Count ? "-" : $"{Number(all.Max(each => each.Longest), 1)} / {Number(all.Sum(each => each.Sum), 0)}";
    }

    // Of a p99 that is later than the last answer nobody knows how late it is.
    private static string Number(double value, int decimals) =>
        double.IsFinite(value) ? value.ToString($"N{decimals}", CultureInfo.InvariantCulture) : double.IsNaN(value) ? "-" : "> max";
}
