using System.CommandLine;
using Gatehouse.Bench.Harness.Measuring;
using Gatehouse.Bench.Harness.Report;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Commands;

/// <summary><c>bench/bench start</c>: how long until the first token, and how much memory.</summary>
internal static class StartCommand
{
    private static readonly Option<int> Runs = new("--runs") { Description = "Starts of each build.", DefaultValueFactory = _ => 5 };
    private static readonly Option<string[]> Also = new("--also") { Description = "NAME=FILE: another build of Gatehouse.", DefaultValueFactory = _ => [] };

    private static readonly Option<string?> Out = new("--out") { Description = "Writes FILE.md." };

    public static Command Create()
    {
        var command = new Command("start", "From the start of the process to the first token, and memory after it.") { Runs, Also, Out };
        command.SetAction((arguments, cancellation) => RunAsync(
            arguments.GetRequiredValue(Runs), arguments.GetRequiredValue(Also), arguments.GetValue(Out), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(int runs, string[] also, string? file, CancellationToken cancellation)
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
        var facts = await RunFacts.ReadAsync(cancellation);
        var table = StartReport.Table(samples);
        await Console.Out.WriteLineAsync(table);
        if (file is not null) await StartReport.WriteAsync(file, facts, runs, table, cancellation);
        return 0;
    }
}
