using System.Diagnostics;

namespace Gatehouse.Bench.Harness.Machine;

/// <summary>A program that runs to its end.</summary>
internal static class Tool
{
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="BenchException">It failed.</exception>
    public static async Task<string> RunAsync(
        string program, IEnumerable<string> arguments, CancellationToken cancellation, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var error = process.StandardError.ReadToEndAsync(cancellation);
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
        if (process.ExitCode != 0) throw new BenchException($"{program} ended with {process.ExitCode}:\n{await output}{await error}");
        return await output;
    }

    /// <summary>The first line that a program says about itself, on whichever stream; a dash when it cannot.</summary>
    public static async Task<string> VersionAsync(string program, string argument, CancellationToken cancellation)
    {
        var said = await RunAsync("bash", ["-c", "\"$1\" \"$2\" 2>&1 | head -n 1", "bench", program, argument], cancellation);
        return said.Trim() is { Length: > 0 } line ? line : "-";
    }
}
