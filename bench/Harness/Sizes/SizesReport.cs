using System.Globalization;
using System.Text;
using System.Text.Json;
using Gatehouse.Bench.Harness.Report;

namespace Gatehouse.Bench.Harness.Sizes;

/// <summary>The table of a run as Markdown, and all its samples as JSON.</summary>
internal static class SizesReport
{
    private static readonly JsonSerializerOptions Shape = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private static readonly string[] Head =
    [
        "job", "store", "applications", "besides", "access", "CPU µs", "min–max", "× first", "database µs", "requests / s", "p50 ms", "p99 ms", "RSS MB",
        "start s", "foreign %",
    ];

    public static async Task WriteAsync(
        SizesOptions options, IReadOnlyList<SizeResult> results, IReadOnlyList<CacheCost> caches, CancellationToken cancellation)
    {
        var facts = await RunFacts.ReadAsync(cancellation);
        if (Path.GetDirectoryName(options.Out) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        var text = $"""
            # Flat in size: {facts.Date}

            {facts.Sentence}
            {options.Runs} interleaved runs of {options.Seconds} s, {options.InFlight} requests in flight; calls of the gateway with up to {options.Tokens:N0} tokens.
            Medians; only ratios within one job and access count: `× first` is the cost divided by that of the first size in the same runs.


            """;
        await File.WriteAllTextAsync(options.Out + ".md", text + Tables(results, caches), cancellation);
        var all = results.Select(result => new { result.Job, result.Size, result.Access, result.Starts, result.Samples });
        var json = JsonSerializer.Serialize(new { Facts = facts, Options = options, Results = all, Caches = caches }, Shape);
        await File.WriteAllTextAsync(options.Out + ".json", json + "\n", cancellation);
    }

    public static string Tables(IReadOnlyList<SizeResult> results, IReadOnlyList<CacheCost> caches)
    {
        var text = new StringBuilder().AppendLine(Line(Head)).AppendLine(Line([.. Head.Select((_, place) => place is 2 or > 4 ? "---:" : "---")]));
        foreach (var result in results) text.AppendLine(Line(Row(result, First(result, results))));
        text.AppendLine();
        foreach (var result in results.Where(result => result.Access == Access.Sweep && result != First(result, results)))
            text.AppendLine(Miss(result, First(result, results)));
        foreach (var cache in caches) text.AppendLine(Cache(cache));
        return text.ToString();
    }

    private static SizeResult First(SizeResult result, IReadOnlyList<SizeResult> results) =>
        results.First(other => other.Job == result.Job && other.Access == result.Access && other.Size.Store == result.Size.Store);

    private static string[] Row(SizeResult result, SizeResult first)
    {
        var cost = result.Median(sample => sample.CpuMicros);
        return
        [
            result.Job, result.Size.Store, Number(result.Size.Applications, 0), result.Size.Besides, result.Access, Number(cost, 1),
            $"{Number(result.Samples.Min(sample => sample.CpuMicros), 1)}–{Number(result.Samples.Max(sample => sample.CpuMicros), 1)}",
            Number(cost / first.Median(sample => sample.CpuMicros), 2), Number(result.Median(sample => sample.StoreMicros), 1),
            Number(result.Median(sample => sample.PerSecond), 0), Number(result.Median(sample => sample.P50), 2), Number(result.Median(sample => sample.P99), 2),
            Number(result.Median(sample => sample.ResidentMegabytes), 0), Number(SizeResult.MedianOf(result.Starts), 2),
            Number(result.Samples.Max(sample => sample.ForeignPercent), 0),
        ];
    }

    private static string Miss(SizeResult result, SizeResult first)
    {
        var (node, store) = (result.Median(sample => sample.CpuMicros) - first.Median(sample => sample.CpuMicros), result.Median(sample => sample.StoreMicros));
        return Text($"- A token for an application that is not in memory, {result.Size.Store} with {result.Size.Applications:N0}: ")
            + Text($"{node:F0} µs of CPU more in the node, {store:F0} µs in the database.");
    }

    private static string Cache(CacheCost cache) =>
        Text($"- {cache.Size.Store} with {cache.Size.Applications:N0}, {cache.Entries:N0} remembered: ")
        + Text($"{cache.ApplicationBytes:N0} bytes of RSS for each application (bounded by `Store:RememberedApplications`), ")
        + Text($"{cache.TokenBytes:N0} for each verified token (`Gateway:RememberedTokens`). ")
        + Text($"One request at a time: {cache.HitMs:F2} ms when the application is in memory, {cache.MissMs:F2} ms when it is not.");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string Line(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";

    private static string Number(double value, int decimals) => value.ToString($"N{decimals}", CultureInfo.InvariantCulture);
}
