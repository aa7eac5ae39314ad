using System.CommandLine;
using System.Globalization;
using Gatehouse.Bench.Harness.Load;
using Gatehouse.Bench.Harness.Measuring;
using Gatehouse.Bench.Harness.Report;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Commands;

/// <summary><c>bench/bench load token | gateway</c>: latency at a quarter and at half of saturation, and what happens beyond it.</summary>
internal static class LoadCommand
{
    private static readonly Argument<string> Job = new("job") { Description = "token or gateway." };
    private static readonly Option<string> Only = Make("--only", "", "Targets, separated by commas. Default: the product and its limit.");
    private static readonly Option<string[]> Also = Make<string[]>("--also", [], "NAME=FILE: another build of Gatehouse (its gatehouse.dll) as well.");
    private static readonly Option<int> Settle = Make("--settle", 8, "Seconds at half of saturation before what counts; what runs seldom is compiled meanwhile.");
    private static readonly Option<int> Seconds = Make("--seconds", 300, "Seconds at half of saturation; with --rounds: in each of them.");
    private static readonly Option<int> Rounds = Make(
        "--rounds", 0, "Asks all targets in turn, so many times, at half of what the first one does in a closed loop; nothing else. 0: one after the other, all of it.");
    private static readonly Option<int> OverSeconds = Make("--over-seconds", 30, "Seconds of the load beyond capacity.");
    private static readonly Option<double> Times = Make("--times", 3.0, "How many times saturation that is.");
    private static readonly Option<int> Connections = Make("--connections", 2000, "Connections of the open loop.");
    private static readonly Option<int> Patience = Make("--patience", 250, "Milliseconds for which a request waits for a free connection.");
    private static readonly Option<double?> As = Make<double?>(
        "--as", null, "Requests per second to take for saturation: asks all targets the same. Default: what each of them, with --rounds the first, is found to do.");
    private static readonly Option<bool> Awake = Make("--awake", false, "The load's CPU does not halt when it has nothing to do: answers need not wake it. Needs root.");
    private static readonly Option<int> WarmUp = Make("--warm-up", 90, "The most seconds that a target is warmed up.");
    private static readonly Option<string?> Out = Make<string?>("--out", null, "Writes FILE.md and FILE.json. Default: in artifacts/bench/results.");

    public static Command Create()
    {
        As.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is <= 0) result.AddError("--as asks for at least one request per second.");
        });
        Rounds.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 0) result.AddError("--rounds is a number of rounds, or 0.");
        });
        Job.AcceptOnlyFromAmong(Jobs.Token, Jobs.Gateway);
        var command = new Command("load", "Latency at a quarter and at half of saturation, and what happens at three times of it: an open loop, HTTP/1.1.")
        {
            Job, Only, Also, Settle, Seconds, Rounds, OverSeconds, Times, Connections, Patience, As, Awake, WarmUp, Out,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var load = new LoadOptions(
            arguments.GetRequiredValue(Job), arguments.GetRequiredValue(Settle), arguments.GetRequiredValue(Seconds),
            arguments.GetRequiredValue(Rounds), arguments.GetRequiredValue(OverSeconds), arguments.GetRequiredValue(Times),
            arguments.GetRequiredValue(Connections), arguments.GetRequiredValue(Patience), arguments.GetValue(As), arguments.GetValue(Awake));
        var options = Read(arguments, load.Job);
        var facts = await RunFacts.ReadAsync(cancellation);
        var folder = Directory.CreateTempSubdirectory($"gatehouse-bench-load-{load.Job}-");
        var (tables, markdown, found) = await RunAsync(load, options, facts, folder.FullName, cancellation);
        folder.Delete(recursive: true); // After a failure it stays, with the logs of all targets.
        await LoadFile.WriteAsync(options.Out, facts, load, markdown, found, cancellation);
        await Console.Out.WriteLineAsync(tables);
        await Console.Out.WriteLineAsync($"Written to {options.Out}.md and .json.");
        return 0;
    }

    private static async Task<(string Tables, string Markdown, IEnumerable<object> Found)> RunAsync(
        LoadOptions load, BenchOptions options, RunFacts facts, string folder, CancellationToken cancellation)
    {
        if (load.Rounds > 0)
        {
            var turns = await new TurnSession(load, options, Console.Error.WriteLine).RunAsync(folder, cancellation);
            return (TurnReport.Tables(load, turns), TurnReport.Markdown(facts, load, turns), turns.Select(TurnReport.Shorten));
        }
        var results = await new LoadSession(load, options, Console.Error.WriteLine).RunAsync(folder, cancellation);
        return (LoadReport.Tables(load, results), LoadReport.Markdown(facts, load, results), results.Select(LoadReport.Shorten));
    }

    private static BenchOptions Read(ParseResult arguments, string job)
    {
        var stamp = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd-HHmm", CultureInfo.InvariantCulture);
        var only = arguments.GetRequiredValue(Only).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new BenchOptions
        {
            Protocols = [Generator.Http1],
            // Other builds of the product begin with its name, so that they are in as well.
            Only = only.Length > 0 ? only : [Catalog.Product, Catalog.LimitOf(job)],
            Others = arguments.GetRequiredValue(Also).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => Path.GetFullPath(pair[^1])),
            Runs = 1, Seconds = 5, Tokens = 1, InFlight = 32, WarmUpSeconds = arguments.GetRequiredValue(WarmUp), MaxForeign = 10,
            ServerCpu = 0, LoadCpu = 1,
            Out = arguments.GetValue(Out) ?? Path.Combine(Built.Artifacts, "bench", "results", $"{stamp}-load-{job}"),
        };
    }

    private static Option<T> Make<T>(string name, T value, string about) =>
        new(name) { Description = about, DefaultValueFactory = _ => value };
}
