using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace Gatehouse.Bench.Harness.Machine;

/// <summary>A time in which a CPU ran no program.</summary>
/// <param name="End">A time stamp of <see cref="Stopwatch"/>, which all processes share.</param>
/// <param name="Milliseconds">How long it was.</param>
internal sealed record Stall(long End, double Milliseconds);

/// <summary>
/// Finds out when a CPU stood still. A process of real-time priority, which goes before every other there, wakes up 500 times a second: what it is late
/// by is mostly the host's doing, the rest the kernel's, and no program's.
/// </summary>
internal sealed class StallWitness : IAsyncDisposable
{
    /// <summary>The word by which this program is the witness.</summary>
    public const string Mode = "stall-witness";

    private const int LooksPerSecond = 500;
    private const double WorthTelling = 0.5; // Milliseconds.
    private const string Ready = "looking";

    private readonly Process _process;
    private readonly Task<string> _errors;

    private StallWitness(Process process) => (_process, _errors) = (process, process.StandardError.ReadToEndAsync());

    /// <summary>Starts it and waits until it looks; where nobody may have that priority it ends at once, and says so at the end.</summary>
    public static async Task<StallWitness> StartAsync(int cpu, CancellationToken cancellation)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Gatehouse.Bench.Harness.dll");
        var start = new ProcessStartInfo("taskset", ["-c", cpu.ToString(CultureInfo.InvariantCulture), "chrt", "-f", "50", "dotnet", program, Mode]);
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment["DOTNET_TieredCompilation"] = "0"; // Nothing is compiled while it looks.
        var witness = new StallWitness(Process.Start(start)!);
        _ = await witness._process.StandardOutput.ReadLineAsync(cancellation);
        return witness;
    }

    /// <returns>What it saw; null when it could not look.</returns>
    public async Task<IReadOnlyList<Stall>?> EndAsync(Action<string> tell, CancellationToken cancellation)
    {
        _process.StandardInput.Close();
        var said = await _process.StandardOutput.ReadToEndAsync(cancellation);
        await _process.WaitForExitAsync(cancellation);
        if (_process.ExitCode == 0) return JsonSerializer.Deserialize<IReadOnlyList<Stall>>(said);
        tell($"The machine's stalls are not seen: {(await _errors).Trim()}");
        return null;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
    }

    /// <summary>Is the witness: looks until standard input ends, then tells.</summary>
    public static void Watch()
    {
        var ended = Task.Run(() => Console.In.ReadToEnd());
        var (seen, step) = (new List<Stall>(1024), Stopwatch.Frequency / LooksPerSecond);
        FineSleep.Prepare();
        Console.Out.WriteLine(Ready);
        while (!ended.IsCompleted)
        {
            var due = Stopwatch.GetTimestamp() + step;
            FineSleep.Until(due);
            var now = Stopwatch.GetTimestamp();
            var late = Stopwatch.GetElapsedTime(due, now).TotalMilliseconds;
            if (late > WorthTelling) seen.Add(new Stall(now, late));
        }
        Console.Out.WriteLine(JsonSerializer.Serialize(seen));
    }
}
