using System.Diagnostics;
using System.Globalization;

namespace Gatehouse.Tests.Shared;

/// <summary>
/// A private PostgreSQL server in a temporary folder: it listens on a socket in that folder alone, keeps nothing, and ends with
/// <see cref="DisposeAsync"/>. PostgreSQL refuses to run as root, so for root it runs as the user <c>postgres</c>.
/// </summary>
public sealed class PostgresCluster : IAsyncDisposable
{
    private const string Superuser = "gatehouse";

    // All out of one folder: programs of different versions do not fit together.
    private static readonly string[] Programs = ["initdb", "postgres", "createdb", "pg_dump"];

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly string _binaries;
    private readonly string _folder;
    private Process? _server;

    private PostgresCluster(string binaries, string folder) => (_binaries, _folder) = (binaries, folder);

    /// <summary>Why there can be no server here, for a skipped test to say; null when there can.</summary>
    public static string? MissingReason =>
        FindBinaries() is null
            ? $"PostgreSQL is not installed: {string.Join(", ", Programs)} are neither in PATH nor in /usr/lib/postgresql/*/bin."
            : Environment.IsPrivilegedProcess && !HasPostgresUser()
                ? "PostgreSQL does not run as root, and there is no user postgres to run it as."
                : null;

    /// <summary>Makes a new cluster and starts it; returns when it accepts connections.</summary>
    /// <exception cref="InvalidOperationException">It cannot; the message holds what its programs said.</exception>
    public static async Task<PostgresCluster> StartAsync()
    {
        var binaries = MissingReason is { } reason ? throw new InvalidOperationException(reason) : FindBinaries()!;
        var folder = Directory.CreateTempSubdirectory("gatehouse-pg-").FullName;
        var cluster = new PostgresCluster(binaries, folder);
        try
        {
            if (Environment.IsPrivilegedProcess) await RunAsync("chown", ["postgres", folder]);
            await RunAsync(cluster.Program("initdb"),
                ["-D", cluster.Data, "-U", Superuser, "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]);
            await cluster.LaunchAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    private string Data => Path.Combine(_folder, "data");

    /// <summary>How a database of this cluster is reached.</summary>
    public string ConnectionString(string database) => $"Host={_folder};Username={Superuser};Database={database}";

    /// <summary>Makes a database, as a copy of <paramref name="template"/> when one is named; nobody may be connected to that.</summary>
    public Task CreateDatabaseAsync(string name, string? template = null) =>
        RunAsync(Program("createdb"), ["-h", _folder, "-U", Superuser, .. template is null ? Array.Empty<string>() : ["-T", template], name]);

    /// <summary>What <c>pg_dump</c> writes of a database.</summary>
    public Task<string> DumpAsync(string database) => RunAsync(Program("pg_dump"), ["-h", _folder, "-U", Superuser, database]);

    /// <summary>Ends the server in its fast way, which breaks off every connection, and starts it on the same data.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await LaunchAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task LaunchAsync()
    {
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var said = new List<string>();
        _server = Launch(Program("postgres"),
        [
            "-D", Data, "-k", _folder, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off",
            "-c", "max_connections=200", "-c", "lc_messages=C",
        ]);
        _server.OutputDataReceived += (_, _) => { };
        _server.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null) ready.TrySetException(new InvalidOperationException($"PostgreSQL ended: {string.Join('\n', said)}"));
            else if (line.Data.Contains("ready to accept connections", StringComparison.Ordinal)) ready.TrySetResult();
            else if (!ready.Task.IsCompleted) said.Add(line.Data);
        };
        _server.BeginOutputReadLine();
        _server.BeginErrorReadLine();
        await ready.Task.WaitAsync(Deadline);
    }

    private async Task StopAsync()
    {
        if (_server is null) return;
        using var server = _server;
        _server = null;
        if (server.HasExited) return;
        await RunAsync("kill", ["-INT", server.Id.ToString(CultureInfo.InvariantCulture)]);
        using var deadline = new CancellationTokenSource(Deadline);
        await server.WaitForExitAsync(deadline.Token);
    }

    // setpriv becomes the program that it is given, so the process id is the server's own.
    private string[] Program(string name) => Environment.IsPrivilegedProcess
        ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", Path.Combine(_binaries, name)]
        : [Path.Combine(_binaries, name)];

    private static Task<string> RunAsync(string program, IEnumerable<string> arguments) => RunAsync([program], arguments);

    private static async Task<string> RunAsync(string[] program, IEnumerable<string> arguments)
    {
        using var process = Launch(program, arguments);
        using var deadline = new CancellationTokenSource(Deadline);
        var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
        var error = process.StandardError.ReadToEndAsync(deadline.Token);
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"{program[^1]} ended with {process.ExitCode}: {await error}");
    }

    private static Process Launch(string[] program, IEnumerable<string> arguments)
    {
        // Its working folder must be one that the other user may enter. Its input is ours too: a child that shares the terminal makes the
        // runtime set that terminal's modes, which stops a test run in the background.
        var start = new ProcessStartInfo(program[0], [.. program[1..], .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath(),
        };
        var process = Process.Start(start) ?? throw new InvalidOperationException($"{program[0]} did not start.");
        process.StandardInput.Close();
        return process;
    }

    private static string? FindBinaries()
    {
        const string Debian = "/usr/lib/postgresql";
        var installed = Directory.Exists(Debian) ? Directory.GetDirectories(Debian).OrderDescending(StringComparer.Ordinal) : Enumerable.Empty<string>();
        return (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator)
            .Concat(installed.Select(version => Path.Combine(version, "bin")))
            .FirstOrDefault(folder => Array.TrueForAll(Programs, program => File.Exists(Path.Combine(folder, program))));
    }

    private static bool HasPostgresUser() =>
        File.Exists("/etc/passwd") && File.ReadLines("/etc/passwd").Any(line => line.StartsWith("postgres:", StringComparison.Ordinal));
}
