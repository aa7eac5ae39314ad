using System.Globalization;
using System.Text.Json;
using Gatehouse.Bench.Harness.Measuring;

namespace Gatehouse.Bench.Harness.Report;

/// <summary>Writes what <c>bench/bench load</c> found: Markdown for people, all of it in JSON for programs.</summary>
internal static class LoadFile
{
    private static readonly JsonSerializerOptions Shape = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <param name="file">Gets <c>.md</c> and <c>.json</c>.</param>
    /// <param name="facts">Of the machine.</param>
    /// <param name="load">What was asked for.</param>
    /// <param name="markdown">For people.</param>
    /// <param name="results">For programs.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task WriteAsync(
        string file, RunFacts facts, LoadOptions load, string markdown, IEnumerable<object> results, CancellationToken cancellation)
    {
        if (Path.GetDirectoryName(file) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        await File.WriteAllTextAsync(file + ".md", markdown, cancellation);
        await File.WriteAllTextAsync(file + ".json", JsonSerializer.Serialize(new { Facts = facts, Load = load, Results = results }, Shape) + "\n", cancellation);
    }

    public static string Connections(LoadOptions load) =>
        $"{load.Connections} connections, HTTP/1.1; a request waits up to {load.Patience} ms for a free one."
        + (load.As is { } rate ? string.Create(CultureInfo.InvariantCulture, $" What is called saturation was taken to be {rate:N0}/s for all.") : "")
        + (load.Awake ? " The load's CPU never halted, so that no answer had to wake it (`--awake`)." : "");
}
