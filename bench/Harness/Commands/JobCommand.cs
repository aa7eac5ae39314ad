using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Gatehouse.Bench.Harness.Load;
using Gatehouse.Bench.Harness.Measuring;
using Gatehouse.Bench.Harness.Report;

namespace Gatehouse.Bench.Harness.Commands;

/// <summary><c>bench/bench token | gateway | all</c></summary>
internal static class JobCommand
{
    private static readonly Option<string> Protocols = Make("--proto", Generator.Http1, "h1, h2 or h1,h2.");
    private static readonly Option<string> Only = Make("--only", "", "Targets, separated by commas; limit stands for all that begin so. Default: all.");
    private static readonly Option<string[]> Also = Make<string[]>("--also", [], "NAME=FILE: another build of Gatehouse (its gatehouse.dll) in the same run.");
    private static readonly Option<int> Runs = Make("--runs", 5, "Runs of each target.");
    private static readonly Option<int> Seconds = Make("--seconds", 10, "Seconds of one run.");
    private static readonly Option<int> Tokens = Make("--tokens", 1, "Tokens that calls of the gateways rotate through; more than one only with h1.");
    private static readonly Option<int> InFlight = Make("--in-flight", 32, "Requests that wait at any time; 4 of them are one HTTP/2 connection.");
    private static readonly Option<int> WarmUp = Make("--warm-up", 90, "The most seconds that a target is warmed up.");
    private static readonly Option<int> MaxForeign = Make("--max-foreign", 10, "Percent of one CPU that others may take before a run is repeated.");
    private static readonly Option<string?> Out = Make<string?>("--out", null, "Writes FILE.md and FILE.json. Default: in artifacts/bench/results.");

    private static readonly (Option<int> Option, int Least, int Most)[] Bounds =
        [(Runs, 1, 99), (Seconds, 1, 600), (Tokens, 1, 1_000_000), (InFlight, 4, 1024), (WarmUp, 3, 600), (MaxForeign, 0, 1000)];

    public static Command Create(string name, string about, IReadOnlyList<string> jobs)
    {
        var command = new Command(name, about) { Protocols, Only, Also, Runs, Seconds, Tokens, InFlight, WarmUp, MaxForeign, Out };
        command.SetAction((arguments, cancellation) => RunAsync(name, jobs, Read(arguments, name), cancellation));
        return command;
    }

    public static async Task<int> RunAsync(string name, IReadOnlyList<string> jobs, BenchOptions options, CancellationToken cancellation)
    {
        var facts = await RunFacts.ReadAsync(cancellation);
        var results = new Dictionary<string, IReadOnlyList<Result>>();
        foreach (var job in jobs)
        {
            var folder = Directory.CreateTempSubdirectory($"gatehouse-bench-{job}-");
            results[job] = await new Session(job, options, Console.Error.WriteLine).RunAsync(folder.FullName, cancellation);
            folder.Delete(recursive: true); // After a failure it stays, with the logs of all targets.
            await ReportFile.WriteAsync(options, facts, results, cancellation); // And so does what the jobs before it found.
        }
        await Console.Out.WriteLineAsync(ReportFile.Tables(results));
        await Console.Out.WriteLineAsync($"Written to {options.Out}.md and .json ({name}).");
        return 0;
    }

    public static BenchOptions Read(ParseResult arguments, string name)
    {
        var stamp = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd-HHmm", CultureInfo.InvariantCulture);
        var options = new BenchOptions
        {
            Protocols = Split(arguments.GetRequiredValue(Protocols)),
            Only = Split(arguments.GetRequiredValue(Only)),
            Others = arguments.GetRequiredValue(Also).Select(pair => pair.Split('=', 2))
                .ToDictionary(pair => pair[0], pair => Path.GetFullPath(pair[^1])),
            Runs = arguments.GetRequiredValue(Runs),
            Seconds = arguments.GetRequiredValue(Seconds),
            Tokens = arguments.GetRequiredValue(Tokens),
            InFlight = arguments.GetRequiredValue(InFlight),
            WarmUpSeconds = arguments.GetRequiredValue(WarmUp),
            MaxForeign = arguments.GetRequiredValue(MaxForeign),
            ServerCpu = 0,
            LoadCpu = 1,
            Out = arguments.GetValue(Out) ?? Path.Combine(Built.Artifacts, "bench", "results", $"{stamp}-{name}"),
        };
        if (options.Tokens > 1 && options.Protocols.Contains(Generator.Http2))
            throw new BenchException("h2load presents one token only: --tokens needs --proto h1.");
        return options;
    }

    private static Option<T> Make<T>(string name, T value, string about)
    {
        var option = new Option<T>(name) { Description = about, DefaultValueFactory = _ => value };
        option.Validators.Add(result => Check(name, result));
        return option;
    }

    private static void Check(string name, OptionResult result)
    {
        if (name == "--proto" && Split(result.GetValueOrDefault<string>()).Except([Generator.Http1, Generator.Http2]).Any())
            result.AddError("--proto takes h1, h2 or h1,h2.");
        foreach (var (option, least, most) in Bounds)
            if (option.Name == name && result.GetValueOrDefault<int>() is var value && (value < least || value > most))
                result.AddError(string.Create(CultureInfo.InvariantCulture, $"{name} takes {least} to {most}."));
    }

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
