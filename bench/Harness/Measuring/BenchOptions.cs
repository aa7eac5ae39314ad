using System.Collections.ObjectModel;
using System.Text.Json.Serialization;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Measuring;

/// <summary>What a run was asked for.</summary>
internal sealed record BenchOptions
{
    /// <summary>Out of <c>h1</c> and <c>h2</c>.</summary>
    public required IReadOnlyList<string> Protocols { get; init; }

    /// <summary>Targets by name, or by the first words of several; empty: all.</summary>
    public required IReadOnlyList<string> Only { get; init; }

    /// <summary>Other builds of Gatehouse, as name and file. Of the file the tables say nothing.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Others { get; init; } = ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The names of the other builds.</summary>
    public IEnumerable<string> Also => Others.Keys;

    /// <summary>Runs of each target and protocol, 1 to 99.</summary>
    public required int Runs { get; init; }

    /// <summary>Seconds of one run, 1 to 600.</summary>
    public required int Seconds { get; init; }

    /// <summary>Tokens that the load of gateways rotates through, 1 to 1,000,000.</summary>
    public required int Tokens { get; init; }

    /// <summary>Requests in flight, 4 to 1,024.</summary>
    public required int InFlight { get; init; }

    /// <summary>The most seconds that a target is warmed up.</summary>
    public required int WarmUpSeconds { get; init; }

    /// <summary>How much of one CPU, in percent, other programs may take before a run is repeated.</summary>
    public required int MaxForeign { get; init; }

    public required int ServerCpu { get; init; }

    public required int LoadCpu { get; init; }

    /// <summary>Where the tables go: FILE.md and FILE.json. Not part of them: it says something of the machine alone.</summary>
    [JsonIgnore]
    public string Out { get; init; } = string.Empty;

    /// <summary>The targets that were asked for. Words that mean none of a job are told, not refused: they may mean one of the run's other job.</summary>
    public IEnumerable<Target> Choose(IReadOnlyList<Target> all, Action<string> tell)
    {
        foreach (var name in Only.Where(name => !all.Any(target => Means(name, target.Name, all)))) tell($"'{name}' means no target here.");
        return all.Where(target => Only.Count == 0 || Only.Any(name => Means(name, target.Name, all)));
    }

    // What is a target's name means that one alone; but with the product come its other builds, which are named after it.
    private static bool Means(string name, string target, IReadOnlyList<Target> all) =>
        target == name
        || (target.StartsWith(name + "-", StringComparison.Ordinal) && (name == Catalog.Product || all.All(other => other.Name != name)));
}
