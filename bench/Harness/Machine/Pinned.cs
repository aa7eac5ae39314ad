using System.Diagnostics;
using System.Globalization;

namespace Gatehouse.Bench.Harness.Machine;

/// <summary>A server that runs on one CPU, with all that it says in a file. Disposing ends it.</summary>
internal sealed class Pinned : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;

    private Pinned(Process process, string log) => (_process, Log) = (process, log);

    public int Id => _process.Id;

    /// <summary>The file with standard output and standard error.</summary>
    public string Log { get; }

    public static Pinned Start(int cpu, string log, IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null) =>
        Start(cpu.ToString(CultureInfo.InvariantCulture), log, command, environment);

    /// <summary>Not pinned after all: on every CPU, for what is measured in time.</summary>
    public static Pinned StartOnAll(string log, IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null) =>
        Start(string.Create(CultureInfo.InvariantCulture, $"0-{Environment.ProcessorCount - 1}"), log, command, environment);

    private static Pinned Start(string cpus, string log, IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment)
    {
        // The shell gives its own process away: what is waited for and counted is the program itself.
        const string script = "log=$1 cpus=$2; shift 2; exec taskset -c \"$cpus\" \"$@\" >\"$log\" 2>&1 </dev/null";
        var start = new ProcessStartInfo("bash", ["-c", script, "bench", log, cpus, .. command])
        {
            WorkingDirectory = Path.GetDirectoryName(log),
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return new Pinned(Process.Start(start)!, log);
    }

    /// <summary>Waits until the program listens.</summary>
    public Task ListensAsync(int port, CancellationToken cancellation) =>
        WaitAsync($"listen on port {port}", () => Ports.IsTaken(port), cancellation);

    /// <summary>Waits until its log holds the text.</summary>
    public Task SaysAsync(string text, CancellationToken cancellation) =>
        WaitAsync($"say '{text}'", () => File.Exists(Log) && File.ReadAllText(Log).Contains(text, StringComparison.Ordinal), cancellation);

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using var signal = Process.Start("kill", ["-TERM", Id.ToString(CultureInfo.InvariantCulture)]);
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                await _process.WaitForExitAsync(deadline.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await _process.WaitForExitAsync(CancellationToken.None);
            }
        }
        _process.Dispose();
    }

    private async Task WaitAsync(string what, Func<bool> isSo, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var started = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            if (_process.HasExited || Stopwatch.GetElapsedTime(started) > Patience)
                throw new BenchException($"It did not {what}{(_process.HasExited ? " and ended" : "")}:\n{File.ReadAllText(Log)}");
            await timer.WaitForNextTickAsync(cancellation);
        }
    }
}
