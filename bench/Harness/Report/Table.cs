using System.Globalization;
using System.Text;
using Gatehouse.Bench.Harness.Measuring;
using Gatehouse.Bench.Harness.Paths;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Report;

/// <summary>The results of one job with one protocol as a Markdown table that is readable as it is.</summary>
internal static class Table
{
    private static string[] Head(string reference) =>
        ["target", "CPU µs / request", "min–max", $"× {reference}", "requests / s", "p50 ms", "p99 ms", "RSS MB", "CPU %", "foreign %"];

    public static string Write(string job, IReadOnlyList<Result> results)
    {
        var isPath = PathCatalog.Find(job) is not null;
        var limit = isPath ? FastestPeer(results) : results.FirstOrDefault(result => result.Target.Name == Catalog.LimitOf(job))?.Median(sample => sample.CpuMicros);
        var rows = new List<string[]> { Head(isPath ? "fastest peer" : "limit") };
        rows.AddRange(results.Select(result => Row(result, limit)));
        var widths = Enumerable.Range(0, rows[0].Length).Select(column => rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        foreach (var (place, row) in rows.Index())
        {
            text.AppendLine(Line(row, widths));
            if (place == 0) text.AppendLine(Line([.. widths.Select(Rule)], widths));
        }
        return text.ToString();
    }

    private static double? FastestPeer(IReadOnlyList<Result> results)
    {
        var peers = results.Where(result => !result.Target.Name.StartsWith(Catalog.Product, StringComparison.Ordinal)).ToArray();
        return peers.Length == 0 ? null : peers.Min(result => result.Median(sample => sample.CpuMicros));
    }

    private static string Line(string[] row, int[] widths)
    {
        var cells = row.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]));
        return $"| {string.Join(" | ", cells)} |";
    }

    // Names stand at the left, numbers at the right.
    private static string Rule(int width, int column) => column == 0 ? new string('-', width) : new string('-', width - 1) + ':';

    private static string[] Row(Result result, double? limit)
    {
        var cost = result.Median(sample => sample.CpuMicros);
        return
        [
            result.Target.Name,
            Number(cost, 1),
            $"{Number(result.Least(sample => sample.CpuMicros), 1)}–{Number(result.Most(sample => sample.CpuMicros), 1)}",
            limit is { } least ? Number(cost / least, 2) : "-",
            Number(result.Median(sample => sample.PerSecond), 0),
            Number(result.Median(sample => sample.P50), 2),
            Number(result.Median(sample => sample.P99), 2),
            Number(result.Median(sample => sample.ResidentMegabytes), 0),
            Number(result.Median(sample => sample.ServerPercent), 0),
            Number(result.Most(sample => sample.ForeignPercent), 0),
        ];
    }

    private static string Number(double value, int decimals) => value.ToString($"N{decimals}", CultureInfo.InvariantCulture);
}
