using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Gatehouse.Tests.Shared;

/// <summary>A program that runs on its own, with all that it says.</summary>
internal sealed class Running : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = [];
    private readonly ConcurrentQueue<string> _error = [];
    private readonly ConcurrentQueue<Expected> _expected = [];
    private readonly TaskCompletionSource _outputEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _errorEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Running(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Receive(_output, _outputEnded, line.Data);
        _process.ErrorDataReceived += (_, line) => Receive(_error, _errorEnded, line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it has written to standard output so far.</summary>
    public string Output => string.Join('\n', _output);

    /// <summary>What it has written to standard error so far.</summary>
    public string Error => string.Join('\n', _error);

    /// <summary>Its process.</summary>
    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    public static Running Start(string program, IEnumerable<string> arguments, string? folder = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder ?? Path.GetTempPath() };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return new Running(start);
    }

    /// <summary>Starts Gatehouse itself.</summary>
    /// <param name="arguments">After the program's name.</param>
    /// <param name="folder">Where; null: in that for temporary files.</param>
    /// <param name="environment">Added to that of this process.</param>
    /// <param name="before">A command that starts another, and becomes it.</param>
    public static Running Gatehouse(
        IEnumerable<string> arguments, string? folder = null, IReadOnlyDictionary<string, string>? environment = null, IReadOnlyList<string>? before = null)
    {
        string[] command = [.. before ?? [], "dotnet", Built.Gatehouse, .. arguments];
        return Start(command[0], command[1..], folder, environment);
    }

    /// <summary>Waits until a line of standard output holds the text.</summary>
    public async Task SaysAsync(string text)
    {
        var expected = new Expected(text, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        _expected.Enqueue(expected);
        if (_output.Any(line => line.Contains(text, StringComparison.Ordinal))) expected.Said.TrySetResult();
        var first = await Task.WhenAny(expected.Said.Task, _outputEnded.Task).WaitAsync(Deadline);
        if (first != expected.Said.Task && !expected.Said.Task.IsCompleted)
            Assert.Fail($"The program ended before it said '{text}'. Standard error:\n{Error}");
    }

    /// <summary>Sends SIGTERM, as systemd and container engines do.</summary>
    public async Task SignalAsync(string signal = "TERM")
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits for the end and returns the exit code; by then all output has been read.</summary>
    public async Task<int> EndAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        await _process.WaitForExitAsync(deadline.Token);
        await Task.WhenAll(_outputEnded.Task, _errorEnded.Task).WaitAsync(deadline.Token);
        return _process.ExitCode;
    }

    /// <summary>Sends SIGTERM and returns the exit code.</summary>
    public async Task<int> StopAsync()
    {
        await SignalAsync();
        return await EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        _process.Dispose();
    }

    private void Receive(ConcurrentQueue<string> lines, TaskCompletionSource ended, string? line)
    {
        if (line is null)
        {
            ended.TrySetResult();
            return;
        }
        lines.Enqueue(line);
        if (lines != _output) return;
        foreach (var expected in _expected)
            if (line.Contains(expected.Text, StringComparison.Ordinal)) expected.Said.TrySetResult();
    }

    private sealed record Expected(string Text, TaskCompletionSource Said);
}
