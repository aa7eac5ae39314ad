using Gatehouse.Bench.Harness.Machine;

namespace Gatehouse.Bench.Harness.Targets;

/// <summary>A PostgreSQL with a cluster of its own in a temporary folder, as it is set up by default, on a socket there alone.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private const string Superuser = "gatehouse";

    private readonly string _folder;
    private Pinned? _server;

    private PostgresServer(string folder) => _folder = folder;

    public int ProcessId => _server!.Id;

    /// <summary>The folder of its programs; null when it is not installed.</summary>
    public static string? Programs => Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(version => Path.Combine(version, "bin"))
            .FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb")))
        : null;

    public static async Task<PostgresServer> StartAsync(int cpu, CancellationToken cancellation)
    {
        if (Programs is null) throw new BenchException("PostgreSQL is not installed (Debian: postgresql).");
        var postgres = new PostgresServer(Directory.CreateTempSubdirectory("gatehouse-bench-pg-").FullName);
        try
        {
            if (Environment.IsPrivilegedProcess) await Tool.RunAsync("chown", ["postgres", postgres._folder], cancellation);
            await RunAsync("initdb", ["-D", postgres.Data, "-U", Superuser, "--auth=trust", "--encoding=UTF8", "--locale=C"], cancellation);
            string[] serve = [.. Command("postgres"), "-D", postgres.Data, "-k", postgres._folder, "-c", "listen_addresses=", "-c", "lc_messages=C",
                "-c", "max_connections=300", "-c", "shared_buffers=1GB", "-c", "max_wal_size=8GB"];
            postgres._server = Pinned.Start(cpu, Path.Combine(postgres._folder, "log"), serve);
            await postgres._server.SaysAsync("ready to accept connections", cancellation);
            return postgres;
        }
        catch
        {
            await postgres.DisposeAsync();
            throw;
        }
    }

    public async Task<string> CreateDatabaseAsync(string name, CancellationToken cancellation)
    {
        await RunAsync("createdb", ["-h", _folder, "-U", Superuser, name], cancellation);
        return $"Host={_folder};Username={Superuser};Database={name}";
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private string Data => Path.Combine(_folder, "data");

    private static Task<string> RunAsync(string program, IEnumerable<string> arguments, CancellationToken cancellation)
    {
        var command = Command(program);
        return Tool.RunAsync(command[0], [.. command[1..], .. arguments], cancellation);
    }

    // It refuses to run as root, and whoever it runs as must be able to enter the working folder. Each of these programs becomes the next.
    private static string[] Command(string program) => Environment.IsPrivilegedProcess
        ? ["env", "-C", "/", "setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", Path.Combine(Programs!, program)]
        : [Path.Combine(Programs!, program)];
}
