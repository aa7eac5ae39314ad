using System.CommandLine;
using System.Globalization;
using Gatehouse.Bench.Harness.Measuring;
using Gatehouse.Bench.Harness.Report;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Commands;

/// <summary><c>bench/bench start</c>: how long until the first token, and how much memory.</summary>
internal static class StartCommand
{
    private static readonly Option<int> Runs = new("--runs") { Description = "Starts of each build.", DefaultValueFactory = _ => 5 };
    private static readonly Option<string[]> Also = new("--also") { Description = "NAME=FILE: another build of Gatehouse.", DefaultValueFactory = _ => [] };

    public static Command Create()
    {
        var command = new Command("start", "From the start of the process to the first token, and memory after it.") { Runs, Also };
        command.SetAction((arguments, cancellation) => RunAsync(arguments.GetRequiredValue(Runs), arguments.GetRequiredValue(Also), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(int runs, string[] also, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("gatehouse-bench-start-");
        using var rig = new Rig(folder.FullName, serverCpu: 0, loadCpu: 1, tokens: 1);
        var others = also.Select(pair => pair.Split('=', 2)).Select(pair => ($"{Catalog.Product}-{pair[0]}", Path.GetFullPath(pair[^1])));
        var builds = others.Prepend((Catalog.Product, Built.Gatehouse))
            .ToDictionary(build => build.Item1, build => new StartSession(rig, build.Item1, build.Item2));
        foreach (var session in builds.Values) await session.PrepareAsync(cancellation);
        var samples = builds.ToDictionary(build => build.Key, _ => new List<StartSample>());
        for (var run = 0; run < runs; run++)
            foreach (var (name, session) in builds) samples[name].Add(await session.RunAsync(cancellation));
        folder.Delete(recursive: true);
        await Console.Out.WriteLineAsync((await RunFacts.ReadAsync(cancellation)).ToString());
        await Console.Out.WriteLineAsync("| build | first token ms | min–max | p99 of the first 1,000 ms | RSS MB | RSS MB after 100,000 |");
        await Console.Out.WriteLineAsync("| --- | ---: | ---: | ---: | ---: | ---: |");
        foreach (var (name, all) in samples) await Console.Out.WriteLineAsync(Row(name, all));
        return 0;
    }

    private static string Row(string name, List<StartSample> all) => string.Create(CultureInfo.InvariantCulture,
        $"| {name} | {Median(all, sample => sample.FirstToken):F0} | {all.Min(sample => sample.FirstToken):F0}–{all.Max(sample => sample.FirstToken):F0} ")
        + string.Create(CultureInfo.InvariantCulture, $"| {Median(all, sample => sample.FirstP99):F1} | {Median(all, sample => sample.Resident):F0} ")
        + string.Create(CultureInfo.InvariantCulture, $"| {Median(all, sample => sample.ResidentLater):F0} |");

    private static double Median(List<StartSample> all, Func<StartSample, double> value) => all.Select(value).Order().ElementAt(all.Count / 2);
}
