using System.Globalization;
using Gatehouse.Bench.Harness.Machine;

namespace Gatehouse.Bench.Harness.Load;

/// <summary>HTTP/1.1 with keep-alive: as many connections as requests in flight.</summary>
internal static class Wrk
{
    private static readonly string Script = Path.Combine(AppContext.BaseDirectory, "Load", "wrk.lua");

    public static Task<Outcome> RunAsync(Question question, LoadPlan plan, int seconds, CancellationToken cancellation) =>
        RunAsync(Script, [question.IsForm ? "form" : "bearer", question.File], question.Url, plan, seconds, cancellation);

    /// <param name="script">Writes the line <c>result …</c> as <c>wrk.lua</c> does.</param>
    public static async Task<Outcome> RunAsync(
        string script, IEnumerable<string> arguments, Uri url, LoadPlan plan, int seconds, CancellationToken cancellation)
    {
        var said = await Tool.RunAsync("taskset", ["-c", $"{plan.Cpu}", "wrk", "-t1", $"-c{plan.InFlight}", $"-d{seconds}s", "--timeout", "10s",
            "-s", script, url.AbsoluteUri, "--", .. arguments], cancellation);
        var line = said.Split('\n').FirstOrDefault(line => line.StartsWith("result ", StringComparison.Ordinal))
            ?? throw new BenchException($"wrk told no result:\n{said}");
        var numbers = line.Split(' ')[1..].Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        var (answered, micros, failed) = (numbers[0], numbers[1], numbers[3]);
        return new Outcome(answered, micros / 1e6, failed, numbers[4] / 1e3, numbers[5] / 1e3);
    }
}
