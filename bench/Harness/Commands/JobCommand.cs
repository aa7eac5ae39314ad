using System.CommandLine;
using System.Globalization;
using Gatehouse.Bench.Harness.Load;
using Gatehouse.Bench.Harness.Measuring;
using Gatehouse.Bench.Harness.Report;

namespace Gatehouse.Bench.Harness.Commands;

/// <summary><c>bench/bench token | gateway | all</c></summary>
internal static class JobCommand
{
    private static readonly Option<string> Protocols = new("--proto") { Description = "h1, h2 or h1,h2.", DefaultValueFactory = _ => Generator.Http1 };
    private static readonly Option<string> Only = new("--only") { Description = "Targets, separated by commas; limit stands for all that begin so. Default: all.", DefaultValueFactory = _ => "" };
    private static readonly Option<string[]> Also = new("--also") { Description = "NAME=FILE: another build of Gatehouse (its gatehouse.dll) in the same run.", DefaultValueFactory = _ => [] };
    private static readonly Option<int> Runs = new("--runs") { Description = "Runs of each target.", DefaultValueFactory = _ => 5 };
    private static readonly Option<int> Seconds = new("--seconds") { Description = "Seconds of one run.", DefaultValueFactory = _ => 10 };
    private static readonly Option<int> Tokens = new("--tokens") { Description = "Tokens that calls of the gateways rotate through; more than one only with h1.", DefaultValueFactory = _ => 1 };
    private static readonly Option<int> InFlight = new("--in-flight") { Description = "Requests that wait for an answer at any time; 4 streams are one HTTP/2 connection.", DefaultValueFactory = _ => 32 };
    private static readonly Option<int> WarmUp = new("--warm-up") { Description = "The most seconds that a target is warmed up.", DefaultValueFactory = _ => 90 };
    private static readonly Option<int> MaxForeign = new("--max-foreign") { Description = "Percent of one CPU that other programs may take before a run is repeated.", DefaultValueFactory = _ => 10 };
    private static readonly Option<string?> Out = new("--out") { Description = "Writes FILE.md and FILE.json. Default: in artifacts/bench/results." };

    public static Command Create(string name, string about, IReadOnlyList<string> jobs)
    {
        foreach (var (option, least, most) in new[] { (Runs, 1, 99), (Seconds, 1, 600), (Tokens, 1, 1_000_000), (InFlight, 4, 1024), (WarmUp, 3, 600), (MaxForeign, 0, 1000) })
            Bound(option, least, most);
        Protocols.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>().Split(',').Any(protocol => protocol is not (Generator.Http1 or Generator.Http2))) result.AddError("--proto takes h1, h2 or h1,h2.");
        });
        var command = new Command(name, about) { Protocols, Only, Also, Runs, Seconds, Tokens, InFlight, WarmUp, MaxForeign, Out };
        command.SetAction((arguments, cancellation) => RunAsync(name, jobs, Read(arguments, name), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string name, IReadOnlyList<string> jobs, BenchOptions options, CancellationToken cancellation)
    {
        var facts = await RunFacts.ReadAsync(cancellation);
        var results = new Dictionary<string, IReadOnlyList<Result>>();
        foreach (var job in jobs)
        {
            var folder = Directory.CreateTempSubdirectory($"gatehouse-bench-{job}-");
            results[job] = await new Session(job, options, Console.Error.WriteLine).RunAsync(folder.FullName, cancellation);
            folder.Delete(recursive: true); // After a failure it stays, with the logs of all targets.
        }
        await ReportFile.WriteAsync(options, facts, results, cancellation);
        await Console.Out.WriteLineAsync(ReportFile.Tables(results));
        await Console.Out.WriteLineAsync($"Written to {options.Out}.md and .json ({name}).");
        return 0;
    }

    private static BenchOptions Read(ParseResult arguments, string name)
    {
        var stamp = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd-HHmm", CultureInfo.InvariantCulture);
        var options = new BenchOptions
        {
            Protocols = Split(arguments.GetRequiredValue(Protocols)),
            Only = Split(arguments.GetRequiredValue(Only)),
            Others = arguments.GetRequiredValue(Also).Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => Path.GetFullPath(pair[^1])),
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
        if (options.Tokens > 1 && options.Protocols.Contains(Generator.Http2)) throw new BenchException("h2load presents one token only: --tokens needs --proto h1.");
        return options;
    }

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static void Bound(Option<int> option, int least, int most) => option.Validators.Add(result =>
    {
        if (result.GetValueOrDefault<int>() is var value && (value < least || value > most))
            result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option.Name} takes {least} to {most}."));
    });
}
