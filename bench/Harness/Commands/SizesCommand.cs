using System.CommandLine;
using System.Globalization;
using Gatehouse.Bench.Harness.Sizes;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Commands;

/// <summary><c>bench/bench sizes</c>: does the cost grow with what is in the store?</summary>
internal static class SizesCommand
{
    private const int MostApplications = 10_000_000;

    private static readonly Option<string> Stores = Make("--store", Size.Sqlite, "sqlite, postgresql or sqlite,postgresql.");
    private static readonly Option<string> Applications = Make(
        "--applications", "1,10000,1000000", "Applications in the store, up to 10000000; compared with the first.");
    private static readonly Option<int> Revoked = Make("--revoked", 1_000_000, "Revoked tokens of one more installation; 0: none.");
    private static readonly Option<int> Routes = Make("--routes", 10_000, "Published operations of one more installation; 0: none.");
    private static readonly Option<int> Tokens = Make("--tokens", 100_000, "The most tokens that zipf and uniform calls are spread over.");
    private static readonly Option<string> JobNames = Make("--jobs", "token,gateway", "token, gateway or both.");
    private static readonly Option<int> Runs = Make("--runs", 3, "Runs of each row.");
    private static readonly Option<int> Seconds = Make("--seconds", 10, "Seconds of one run.");
    private static readonly Option<int> WarmUp = Make("--warm-up", 45, "Seconds of load before the first runs of an installation; half of it before further ones.");
    private static readonly Option<int> InFlight = Make("--in-flight", 32, "Requests that wait at any time.");
    private static readonly Option<string?> Out = Make<string?>("--out", null, "Writes FILE.md and FILE.json. Default: in artifacts/bench/results.");

    public static Command Create()
    {
        var command = new Command("sizes", "Tokens and calls with very many applications, revoked tokens and routes in the store.")
            { Stores, Applications, Revoked, Routes, Tokens, JobNames, Runs, Seconds, WarmUp, InFlight, Out };
        command.SetAction((arguments, cancellation) => RunAsync(Read(arguments), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(SizesOptions options, CancellationToken cancellation)
    {
        var (results, caches) = (new List<SizeResult>(), new List<CacheCost>());
        foreach (var store in options.Stores)
        {
            var folder = Directory.CreateTempSubdirectory("gatehouse-bench-sizes-");
            var (found, cache) = await new SizesSession(store, options, Console.Error.WriteLine).RunAsync(folder.FullName, cancellation);
            results.AddRange(found);
            if (cache is not null) caches.Add(cache);
            folder.Delete(recursive: true); // After a failure it stays, with the logs.
            await SizesReport.WriteAsync(options, results, caches, cancellation); // What is done is kept, whatever becomes of the next store.
        }
        await Console.Out.WriteLineAsync(SizesReport.Tables(results, caches));
        await Console.Out.WriteLineAsync($"Written to {options.Out}.md and .json (sizes).");
        return 0;
    }

    private static SizesOptions Read(ParseResult arguments)
    {
        var stamp = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd-HHmm", CultureInfo.InvariantCulture);
        var options = new SizesOptions
        {
            Stores = OneOf("--store", arguments.GetRequiredValue(Stores), Size.Sqlite, Size.Postgres),
            Applications = [.. Split(arguments.GetRequiredValue(Applications)).Select(text => Number("--applications", text, 1, MostApplications)).Distinct().Order()],
            Revoked = arguments.GetRequiredValue(Revoked),
            Routes = arguments.GetRequiredValue(Routes),
            Tokens = arguments.GetRequiredValue(Tokens),
            Jobs = OneOf("--jobs", arguments.GetRequiredValue(JobNames), Jobs.Token, Jobs.Gateway),
            Runs = arguments.GetRequiredValue(Runs),
            Seconds = arguments.GetRequiredValue(Seconds),
            WarmUpSeconds = arguments.GetRequiredValue(WarmUp),
            InFlight = arguments.GetRequiredValue(InFlight),
            Program = Built.Gatehouse,
            Out = arguments.GetValue(Out) ?? Path.Combine(Built.Artifacts, "bench", "results", $"{stamp}-sizes"),
        };
        if (options.Revoked is < 0 or > 10_000_000 || options.Routes is < 0 or > 100_000 || options.Tokens is < 1 or > 1_000_000
            || options.Applications.Count == 0 || options.Runs < 1 || options.Seconds < 1 || options.WarmUpSeconds < 1 || options.InFlight < 1)
            throw new BenchException("An option is out of its range.");
        return options;
    }

    private static string[] OneOf(string name, string text, params string[] known) =>
        Split(text) is { Length: > 0 } values && !values.Except(known).Any() ? values : throw new BenchException($"{name} takes {string.Join(", ", known)}.");

    private static int Number(string name, string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number : throw new BenchException(string.Create(CultureInfo.InvariantCulture, $"{name} takes numbers from {least} to {most}."));

    private static Option<T> Make<T>(string name, T value, string about) => new(name) { Description = about, DefaultValueFactory = _ => value };

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
