using System.Globalization;
using Gatehouse.Bench.Harness.Measuring;

namespace Gatehouse.Bench.Harness.Report;

/// <summary>What <c>bench/bench load --rounds</c> found of all targets in turn: one table.</summary>
internal static class TurnReport
{
    private static readonly string[] Head =
    [
        "target", "asked / s", "CPU %", "p50 ms", "p99 ms", "p99 / p50", "within 3", "longest pause ms", "left out %",
        "p99 ms with them as the slowest", "server CPU stalls longest / sum ms", "load CPU stalls longest / sum ms", "not answered",
    ];

    public static string Markdown(RunFacts facts, LoadOptions load, IReadOnlyList<TurnResult> results) => $"""
        # Latency in turn, {load.Job}, {facts.Date}

        {LoadFile.Machine(facts)}
        {LoadFile.Connections(load)}
        Before, each target was warmed up, saturated and asked for half of what the first one does for {load.SettleSeconds} s. All of them stood all the time.

        {Tables(load, results)}
        """;

    public static string Tables(LoadOptions load, IReadOnlyList<TurnResult> results) => $"""
        ## In {load.Rounds} rounds of {load.HalfSeconds} s each, at half of what the first target does at best in that round, from when requests were due

        Medians, with least and most; of pauses the longest, of what was not answered the sum.

        {Grid.Write(Head, results.Select(Row))}
        """;

    public static TurnResult Shorten(TurnResult result) => result with { Turns = [.. result.Turns.Select(LoadReport.Shorten)] };

    private static string[] Row(TurnResult result)
    {
        var turns = result.Turns;
        return
        [
            result.Target, Spread(turns, turn => turn.Result.Phase.PerSecond, 0), Spread(turns, turn => turn.CpuPercent, 0),
            Spread(turns, turn => turn.Result.FromDue.P50, 2), Spread(turns, turn => turn.Result.FromDue.P99, 2), Spread(turns, Ratio, 1),
            string.Create(CultureInfo.InvariantCulture, $"{turns.Count(turn => Ratio(turn) <= LoadOptions.MostRatio)} of {turns.Count}"),
            Number(turns.Max(turn => turn.Result.LongestPause), 1),
            Spread(turns, turn => 100 * turn.Result.LeftOut / (turn.Result.Due + turn.Result.LeftOut), 2),
            Spread(turns, turn => turn.Result.P99WithLeftOut ?? turn.Result.FromDue.Max, 2), Stood(turns, turn => turn.ServerStalls),
            Stood(turns, turn => turn.LoadStalls), Number(turns.Sum(turn => turn.Result.NotAnswered), 0),
        ];
    }

    private static double Ratio(PhaseFacts turn) => turn.Result.FromDue.P99 / turn.Result.FromDue.P50;

    private static string Spread(IReadOnlyList<PhaseFacts> turns, Func<PhaseFacts, double> value, int decimals)
    {
        double[] all = [.. turns.Select(value).Order()];
        var median = (all[(all.Length - 1) / 2] + all[all.Length / 2]) / 2;
        return $"{Number(median, decimals)} ({Number(all[0], decimals)}–{Number(all[^1], decimals)})";
    }

    private static string Stood(IReadOnlyList<PhaseFacts> turns, Func<PhaseFacts, Stalls?> stalls)
    {
        var all = turns.Select(stalls).OfType<Stalls>().ToList();
        return all.Count < turns.Count ? "-" : $"{Number(all.Max(each => each.Longest), 1)} / {Number(all.Sum(each => each.Sum), 0)}";
    }

    private static string Number(double value, int decimals) => value.ToString($"N{decimals}", CultureInfo.InvariantCulture);
}
