using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Gatehouse.Tests.System.Processes;
using Microsoft.Data.Sqlite;

namespace Gatehouse.Tests.System.Demo;

/// <summary>What stands in the way of a start is told in one line, and nothing is damaged.</summary>
public sealed class RefusedStartTests(MadeData made) : IClassFixture<MadeData>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Data => _folder.File("data");

    private string Database => _folder.File("data", "gatehouse.db");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("--port")]
    [InlineData("--api-port")]
    public async Task A_taken_port_names_the_option_to_change(string option)
    {
        made.CopyTo(Data);
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var taken = ((IPEndPoint)listener.LocalEndpoint).Port;
        var ports = option == "--port" ? (taken, FreePorts.Take()) : (FreePorts.Take(), taken);

        var line = await RefusedUnchangedAsync(ports);

        Assert.Contains(taken.ToString(CultureInfo.InvariantCulture), line, StringComparison.Ordinal);
        Assert.Contains(option, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_left_behind_in_a_fresh_folder_when_a_port_is_taken()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        await RefusedAsync(Data, (((IPEndPoint)listener.LocalEndpoint).Port, FreePorts.Take()));

        Assert.False(File.Exists(_folder.File("data", "demo.json")));
        await using var demo = await RunningDemo.StartAsync(Data); // And the next start is a first start like any other.
        Assert.NotEmpty(await demo.TokenAsync());
    }

    // Permissions do not bind root; these paths bind everybody.
    [Theory]
    [InlineData("/proc/gatehouse-demo")]
    [InlineData("/dev/null")]
    [InlineData("/dev/null/below")]
    public async Task An_unwritable_folder_is_named_with_the_option_to_change(string folder)
    {
        var line = await RefusedAsync(folder);

        Assert.Contains(folder, line, StringComparison.Ordinal);
        Assert.Contains("--data", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100)]
    [InlineData(4096)]
    [InlineData(20_000)]
    public async Task A_database_that_was_cut_off_is_left_as_it_is(int length)
    {
        made.CopyTo(Data);
        using (var file = File.OpenWrite(Database)) file.SetLength(length);

        await RefusedUnchangedAsync();
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_left_as_it_is()
    {
        made.CopyTo(Data);
        await File.WriteAllTextAsync(Database, "Not what it seems.", TestContext.Current.CancellationToken);

        await RefusedUnchangedAsync();
    }

    [Theory]
    [InlineData("Contracts")]
    [InlineData("Changes")]
    [InlineData("Settings")]
    public async Task A_database_that_lacks_a_table_is_told_by_the_tables_name(string table)
    {
        made.CopyTo(Data);
        var name = await FindTableAsync(table);
        await ExecuteAsync($"PRAGMA foreign_keys = OFF; DROP TABLE \"{name}\"");

        Assert.Contains(name, await RefusedUnchangedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_newer_database_asks_for_the_newer_program()
    {
        made.CopyTo(Data);
        await ExecuteAsync("INSERT INTO \"__EFMigrationsHistory\" VALUES ('29991231235959_FarAhead', '99.0.0')");

        Assert.Contains("29991231235959_FarAhead", await RefusedUnchangedAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_key_is_never_replaced()
    {
        made.CopyTo(Data);
        File.Move(_folder.File("data", "key-encryption.key"), _folder.File("kept.key"));

        Assert.Contains("key-encryption.key", await RefusedUnchangedAsync(), StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.File("data", "key-encryption.key")));
    }

    [Fact]
    public async Task A_second_demo_on_one_folder_is_refused_and_the_first_goes_on()
    {
        await using var first = await RunningDemo.StartAsync(Data);

        Assert.Contains(Data, await RefusedAsync(Data), StringComparison.Ordinal);

        using var answer = await first.CallAsync(await first.TokenAsync());
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Theory]
    [InlineData("demo", "--port", "70000")]
    [InlineData("demo", "--prot", "8443")]
    [InlineData("demon")]
    public async Task A_mistyped_command_is_one_line(params string[] arguments) => AssertRefusal(await Shell.GatehouseAsync(arguments, _folder.Location));

    private async Task<string> RefusedUnchangedAsync((int Port, int ApiPort)? ports = null)
    {
        var before = await SnapshotAsync();
        var line = await RefusedAsync(Data, ports);
        Assert.Equal(before, await SnapshotAsync());
        return line;
    }

    private static async Task<string> RefusedAsync(string folder, (int Port, int ApiPort)? ports = null)
    {
        var (port, apiPort) = ports ?? (FreePorts.Take(), FreePorts.Take());
        return AssertRefusal(await Shell.GatehouseAsync(RunningDemo.Arguments(folder, port, apiPort)));
    }

    private static string AssertRefusal(Finished refused)
    {
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Empty(refused.Output);
        return Assert.Single(refused.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private async Task<IReadOnlyList<string>> SnapshotAsync()
    {
        var files = new List<string>();
        foreach (var file in Directory.GetFiles(Data, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where(file => !IsEmptyLog(file)))
            files.Add($"{Convert.ToHexString(SHA256.HashData(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken)))} {file}");
        return files;
    }

    // SQLite makes these to look at a database; with nothing in the log they change nothing.
    private static bool IsEmptyLog(string file) =>
        file.EndsWith(".db-shm", StringComparison.Ordinal) || (file.EndsWith(".db-wal", StringComparison.Ordinal) && new FileInfo(file).Length == 0);

    private async Task<string> FindTableAsync(string table)
    {
        await using var connection = Open();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = $name COLLATE NOCASE";
        command.Parameters.AddWithValue("$name", table);
        return Assert.IsType<string>(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken));
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = Open();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text comes from this file alone; a table's name cannot be a parameter.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    private SqliteConnection Open()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Database, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }
}
