using System.Globalization;
using Gatehouse.Bench.Harness.Measuring;

namespace Gatehouse.Bench.Harness.Report;

/// <summary>What <c>bench/bench start</c> found.</summary>
internal static class StartReport
{
    private static readonly string[] Head = ["build", "first token ms", "min–max", "p99 of the first 1,000 ms", "RSS MB", "RSS MB after 100,000"];

    public static async Task WriteAsync(string file, RunFacts facts, int runs, string table, CancellationToken cancellation)
    {
        if (Path.GetDirectoryName(file) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(file + ".md", $"""
            # Start and memory, {facts.Date}

            {facts.Sentence}
            Medians of {runs} starts of a node with all roles on SQLite, on all CPUs.

            {table}
            """, cancellation);
    }

    public static string Table(IReadOnlyDictionary<string, List<StartSample>> builds) => Grid.Write(Head, builds.Select(build => Row(build.Key, build.Value)));

    private static string[] Row(string name, List<StartSample> all) =>
    [
        name, Text(Median(all, sample => sample.FirstToken), "F0"),
        $"{Text(all.Min(sample => sample.FirstToken), "F0")}–{Text(all.Max(sample => sample.FirstToken), "F0")}",
        Text(Median(all, sample => sample.FirstP99), "F1"), Text(Median(all, sample => sample.Resident), "F0"), Text(Median(all, sample => sample.ResidentLater), "F0"),
    ];

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static double Median(List<StartSample> all, Func<StartSample, double> value) => all.Select(value).Order().ElementAt(all.Count / 2);
}
