using System.Globalization;
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
        return Grid.Write(Head(isPath ? "fastest peer" : "limit"), results.Select(result => Row(result, limit)));
    }

    private static double? FastestPeer(IReadOnlyList<Result> results)
    {
        var peers = results.Where(result => !result.Target.Name.StartsWith(Catalog.Product, StringComparison.Ordinal)).ToArray();
        return peers.Length == 0 ? null : peers.Min(result => result.Median(sample => sample.CpuMicros));
    }

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
