using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Gatehouse.Bench.Harness.Machine;

/// <summary>A time in which a CPU ran nothing of this machine.</summary>
/// <param name="At">Its end, a time stamp of <see cref="Stopwatch"/>, which all processes share.</param>
/// <param name="Milliseconds">How long it was.</param>
internal sealed record Stall(long At, double Milliseconds);

/// <summary>
/// Finds out when the machine itself stood still. A process of real-time priority, which goes before every other on its CPU, wakes up 2,000 times a second:
/// what it is late by is the host's doing, or the kernel's, and no server's.
/// </summary>
internal sealed class StallWitness : IAsyncDisposable
{
    /// <summary>The word by which this program is the witness.</summary>
    public const string Mode = "stall-witness";

    private const double NotWorthTelling = 0.5; // Milliseconds.

    private readonly Process _process;
    private readonly Task<string> _said;

    private StallWitness(Process process) => (_process, _said) = (process, process.StandardOutput.ReadToEndAsync());

    public static StallWitness Start(int cpu)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Gatehouse.Bench.Harness.dll");
        var start = new ProcessStartInfo("taskset", ["-c", cpu.ToString(CultureInfo.InvariantCulture), "chrt", "-f", "50", "dotnet", program, Mode]);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment["DOTNET_TieredCompilation"] = "0"; // Nothing is compiled while it looks.
        return new StallWitness(Process.Start(start)!);
    }

    /// <returns>What it saw; null where nobody may have that priority.</returns>
    public async Task<IReadOnlyList<Stall>?> EndAsync(CancellationToken cancellation)
    {
        _process.StandardInput.Close();
        var said = await _said.WaitAsync(cancellation);
        await _process.WaitForExitAsync(cancellation);
        return _process.ExitCode == 0 ? JsonSerializer.Deserialize<IReadOnlyList<Stall>>(said) : null;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    /// <summary>Is the witness: looks until standard input ends, then tells.</summary>
    public static void Look()
    {
        var ended = Task.Run(() => Console.In.ReadToEnd());
        var (seen, step) = (new List<Stall>(1024), Stopwatch.Frequency / 2000);
        FineSleep.Prepare();
        for (var due = Stopwatch.GetTimestamp() + step; !ended.IsCompleted; due = Stopwatch.GetTimestamp() + step)
        {
            FineSleep.Until(due);
            var now = Stopwatch.GetTimestamp();
            var late = Stopwatch.GetElapsedTime(due, now).TotalMilliseconds;
            if (late > NotWorthTelling) seen.Add(new Stall(now, late));
        }
        Console.Out.WriteLine(JsonSerializer.Serialize(seen));
    }
}
