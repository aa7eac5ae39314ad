using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Text;
using System.Text.Json;
using Gatehouse.Bench.Harness.Machine;

namespace Gatehouse.Bench.Harness.Load.Open;

/// <summary>What the generator is asked for.</summary>
/// <param name="Question">What is sent.</param>
/// <param name="Phases">One after the other, without a break.</param>
/// <param name="Connections">How many are open; each has one request under way.</param>
/// <param name="PatienceMilliseconds">How long a request waits for a free connection before it counts as not sent.</param>
internal sealed record OpenPlan(Question Question, IReadOnlyList<Phase> Phases, int Connections, int PatienceMilliseconds);

/// <summary>
/// Requests that come when they are due, whether or not earlier ones were answered, in a process of its own on the CPU of the load.
/// </summary>
internal static class OpenLoop
{
    /// <summary>The word by which this program is the generator.</summary>
    public const string Mode = "open-loop";

    private const int HandshakesAtOnce = 16;

    // For each batch.
    private static readonly TimeSpan Opening = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(1);

    // What answers find must not be the generator's own doing: one collection in half a minute instead of one a second, each of which held up the answers
    // for 5 to 10 ms; no collector's thread; nothing compiled a second time while it runs.
    private static readonly Dictionary<string, string> Environment = new()
    {
        ["DOTNET_gcConcurrent"] = "0", ["DOTNET_GCgen0size"] = "0x40000000", ["DOTNET_TieredCompilation"] = "0", ["DOTNET_ReadyToRun"] = "0",
    };

    /// <summary>Starts the generator and waits for what it found.</summary>
    public static async Task<IReadOnlyList<PhaseResult>> RunAsync(OpenPlan plan, int cpu, string folder, CancellationToken cancellation)
    {
        var file = Path.Combine(folder, "open-loop.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(plan), cancellation);
        var program = Path.Combine(AppContext.BaseDirectory, "Gatehouse.Bench.Harness.dll");
        var said = await Tool.RunAsync("taskset", ["-c", cpu.ToString(CultureInfo.InvariantCulture), "dotnet", program, Mode, file], cancellation, Environment);
        return JsonSerializer.Deserialize<IReadOnlyList<PhaseResult>>(said) ?? throw new BenchException("The generator told no result.");
    }

    /// <summary>Is the generator: reads the plan, asks, and writes the results to standard output.</summary>
    public static void Generate(string file)
    {
        GCSettings.LatencyMode = GCLatencyMode.SustainedLowLatency;
        var (plan, loop) = (JsonSerializer.Deserialize<OpenPlan>(File.ReadAllText(file))!, new Loop());
        var dispatcher = new Dispatcher(TimeSpan.FromMilliseconds(plan.PatienceMilliseconds));
        var request = Compose(plan.Question);
        var connections = Enumerable.Range(0, plan.Connections).Select(_ => new OpenConnection(plan.Question.Url, request, dispatcher, loop)).ToArray();
        // Few handshakes at a time, or a server on one CPU lets the last ones wait for longer than they last.
        foreach (var batch in connections.Chunk(HandshakesAtOnce))
        {
            foreach (var connection in batch) loop.Mind(connection.RunAsync());
            if (!loop.RunUntil(() => batch.All(connection => connection.IsOpen), Opening))
                throw new BenchException($"{batch.Count(connection => !connection.IsOpen)} connections were not let in within {Opening.TotalSeconds} s.");
        }
        Ask(plan, dispatcher, loop);
        loop.RunUntil(Stopwatch.GetTimestamp() + (long)(LastAnswers.TotalSeconds * Stopwatch.Frequency));
        var results = dispatcher.End(connections.Select(connection => connection.Due).Where(due => due != 0));
        Console.Out.WriteLine(JsonSerializer.Serialize(results));
    }

    // The phases begin when all connections stand: what they count is requests.
    private static void Ask(OpenPlan plan, Dispatcher dispatcher, Loop loop)
    {
        var start = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 10);
        var tallies = new List<Tally>();
        foreach (var phase in plan.Phases) tallies.Add(new Tally(phase, tallies.Count == 0 ? start : tallies[^1].End));
        dispatcher.Begin(tallies);
        Pacer.Run(plan.Phases, start, loop, dispatcher.Take);
    }

    private static byte[] Compose(Question question)
    {
        var said = question.IsForm ? File.ReadAllText(question.File).Trim() : File.ReadLines(question.File).First();
        var head = $"{(question.IsForm ? "POST" : "GET")} {question.Url.PathAndQuery} HTTP/1.1\r\nHost: {question.Url.Authority}\r\n"
            + (question.IsForm
                ? string.Create(CultureInfo.InvariantCulture, $"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {said.Length}\r\n\r\n{said}")
                : $"Authorization: Bearer {said}\r\n\r\n");
        return Encoding.ASCII.GetBytes(head);
    }
}
