using System.Globalization;
using System.Text.RegularExpressions;
using Gatehouse.Bench.Harness.Machine;

namespace Gatehouse.Bench.Harness.Load;

/// <summary>HTTP/2: four streams on each connection. It asks with one token only: its headers are the same for all requests.</summary>
internal static partial class H2Load
{
    public static async Task<Outcome> RunAsync(Question question, LoadPlan plan, int seconds, string folder, CancellationToken cancellation) =>
        await AskAsync(question, plan, $"-D{seconds}", folder, cancellation) with { Seconds = seconds };

    /// <summary>Asks a number of times instead of for a time.</summary>
    public static Task<Outcome> CountAsync(Question question, LoadPlan plan, int requests, string folder, CancellationToken cancellation) =>
        AskAsync(question, plan, $"-n{requests}", folder, cancellation);

    private static async Task<Outcome> AskAsync(Question question, LoadPlan plan, string amount, string folder, CancellationToken cancellation)
    {
        var log = Path.Combine(folder, "h2load.log");
        File.Delete(log);
        string[] what = question.IsForm
            ? ["-d", question.File, "-H", "content-type: application/x-www-form-urlencoded"]
            : ["-H", $"authorization: Bearer {File.ReadLines(question.File).First()}"];
        var streams = Math.Min(LoadPlan.Streams, plan.InFlight);
        var said = await Tool.RunAsync("taskset", ["-c", $"{plan.Cpu}", "h2load", "-t1", $"-c{plan.InFlight / streams}", $"-m{streams}",
            amount, $"--log-file={log}", .. what, question.Url.AbsoluteUri], cancellation);
        var (succeeded, failed) = ReadCounts(said);
        var times = File.ReadLines(log).Select(line => long.Parse(line.Split('\t')[2], CultureInfo.InvariantCulture)).Order().ToArray();
        if (times.Length == 0) throw new BenchException($"h2load got no answer:\n{said}");
        return new Outcome(succeeded, 0, failed, times[times.Length / 2] / 1e3, times[times.Length * 99L / 100] / 1e3);
    }

    private static (long Succeeded, long Failed) ReadCounts(string said)
    {
        var requests = Requests().Match(said);
        var statuses = Statuses().Match(said);
        if (!requests.Success || !statuses.Success) throw new BenchException($"h2load told no result:\n{said}");
        return (Number(statuses, 1), Enumerable.Range(1, 3).Sum(group => Number(requests, group) + Number(statuses, group + 1)));
    }

    private static long Number(Match match, int group) => long.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(\d+) failed, (\d+) errored, (\d+) timeout")]
    private static partial Regex Requests();

    [GeneratedRegex(@"status codes: (\d+) 2xx, (\d+) 3xx, (\d+) 4xx, (\d+) 5xx")]
    private static partial Regex Statuses();
}
