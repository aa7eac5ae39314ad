using System.CommandLine;
using Gatehouse.Bench.Harness.Load;
using Gatehouse.Bench.Harness.Paths;

namespace Gatehouse.Bench.Harness.Commands;

/// <summary><c>bench/bench paths</c>: what else the product does, each beside the peers that have it.</summary>
internal static class PathsCommand
{
    private static readonly Option<string> Choice = new("--path")
    {
        Description = $"Out of {string.Join(", ", PathCatalog.Names)}, separated by commas; the beginning of several names stands for them. Default: all.",
        DefaultValueFactory = _ => "",
    };

    public static Command Create()
    {
        var command = JobCommand.Create("paths", "Refresh, introspection, codes, DPoP, reference tokens: over HTTP/1.1, each beside the peers that have it.", []);
        command.Add(Choice);
        command.SetAction((arguments, cancellation) =>
        {
            var options = JobCommand.Read(arguments, "paths");
            if (options.Protocols is not [Generator.Http1]) throw new BenchException("The load of the paths speaks HTTP/1.1: leave --proto out.");
            return JobCommand.RunAsync("paths", Choose(arguments.GetRequiredValue(Choice)), options, cancellation);
        });
        return command;
    }

    private static string[] Choose(string text)
    {
        var wanted = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (wanted.FirstOrDefault(one => !PathCatalog.Names.Any(name => Means(one, name))) is { } unknown)
            throw new BenchException($"There is no path '{unknown}': they are {string.Join(", ", PathCatalog.Names)}.");
        return [.. PathCatalog.Names.Where(name => wanted.Length == 0 || wanted.Any(one => Means(one, name)))];
    }

    // What is a path's name means that one alone.
    private static bool Means(string wanted, string name) =>
        name == wanted || (!PathCatalog.Names.Contains(wanted) && name.StartsWith(wanted + "-", StringComparison.Ordinal));
}
