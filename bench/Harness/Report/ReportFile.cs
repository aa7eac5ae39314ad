using System.Text;
using System.Text.Json;
using Gatehouse.Bench.Harness.Measuring;

namespace Gatehouse.Bench.Harness.Report;

/// <summary>Writes what a run found: Markdown for people, JSON with every sample for programs.</summary>
internal static class ReportFile
{
    private static readonly JsonSerializerOptions Shape = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static async Task WriteAsync(
        BenchOptions options, RunFacts facts, IReadOnlyDictionary<string, IReadOnlyList<Result>> jobs, CancellationToken cancellation)
    {
        if (Path.GetDirectoryName(options.Out) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(options.Out + ".md", Markdown(options, facts, jobs), cancellation);
        var all = jobs.SelectMany(job => job.Value.Select(result => new
        {
            Job = job.Key, result.Protocol, Target = result.Target.Name, result.Target.Version, Samples = result.Samples,
        }));
        var json = JsonSerializer.Serialize(new { Facts = facts, Options = options, Results = all }, Shape);
        await File.WriteAllTextAsync(options.Out + ".json", json + "\n", cancellation);
    }

    /// <summary>One heading and one table for each job and protocol.</summary>
    public static string Tables(IReadOnlyDictionary<string, IReadOnlyList<Result>> jobs)
    {
        var text = new StringBuilder();
        foreach (var (job, results) in jobs)
            foreach (var group in results.GroupBy(result => result.Protocol))
                text.AppendLine($"## {job}, {group.Key}").AppendLine().AppendLine(Table.Write(job, [.. group]));
        return text.ToString();
    }

    private static string Markdown(BenchOptions options, RunFacts facts, IReadOnlyDictionary<string, IReadOnlyList<Result>> jobs)
    {
        var text = new StringBuilder($"""
            # Benchmark of {facts.Date}

            {facts.Sentence}
            {options.Runs} interleaved runs of {options.Seconds} s, {options.InFlight} requests in flight, {options.Tokens} tokens.
            Medians; only ratios within one table count.


            """).Append(Tables(jobs)).AppendLine("## Targets").AppendLine();
        foreach (var target in jobs.SelectMany(job => job.Value).Select(result => result.Target).DistinctBy(target => target.Name))
            text.AppendLine($"- `{target.Name}`: {target.About} ({target.Version}).");
        return text.ToString();
    }
}
