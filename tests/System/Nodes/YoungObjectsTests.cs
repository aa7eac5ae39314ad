using System.Net.Sockets;
using System.Text;
using Gatehouse.Tests.System.Processes;

namespace Gatehouse.Tests.System.Nodes;

/// <summary>How much room new objects have where a node has one CPU: it begins again, as the same process, where the runtime gave it less.</summary>
public sealed class YoungObjectsTests : IAsyncLifetime
{
    private const string Ready = "Gatehouse is ready";
    private const string Setting = "DOTNET_GCgen0size";
    private const string Room = "0x1000000";

    private static readonly string[] _unset = ["DOTNET_gcServer", "DOTNET_gcConcurrent", Setting, "DOTNET_GCGen0MaxBudget"];

    private readonly int _port = FreePorts.Take();
    private readonly int _gatewayPort = FreePorts.Take();
    private readonly Installation _installation;

    public YoungObjectsTests() => _installation = new Installation(_port, new Dictionary<string, string>
    {
        ["ApiUrl"] = $"https://localhost:{_gatewayPort}", ["Store__Provider"] = "sqlite", ["Store__File"] = "{folder}/gatehouse.db",
    });

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "It needs Linux.");
        await _installation.FoundAsync();
    }

    public ValueTask DisposeAsync()
    {
        _installation.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task With_one_CPU_there_are_16_MB_or_what_the_runtime_chose_where_that_is_more_and_the_process_is_the_same()
    {
        await using var node = await ServeAsync("taskset", "-c", OneCpu.First());

        Assert.Equal(IsLarge() ? [] : [$"{Setting}={Room}"], Read(node.Id, "environ").Where(IsOf(Setting)));
        Assert.Equal([Built.Gatehouse, "serve"], Read(node.Id, "cmdline")[1..]);
        using var http = _installation.Http();
        using var answer = await http.GetAsync(new Uri($"{_installation.Issuer}/.well-known/openid-configuration"));
        Assert.True(answer.IsSuccessStatusCode);
        Assert.Equal(0, await node.StopAsync());
        Assert.Empty(node.Error);
    }

    [Fact]
    public async Task Diagnostic_tools_find_it_and_nothing_of_it_is_left()
    {
        await using var node = await ServeAsync("taskset", "-c", OneCpu.First());

        var socket = Assert.Single(Directory.GetFiles(Path.GetTempPath(), $"dotnet-diagnostic-{node.Id}-*-socket"), Answers);
        await node.StopAsync();
        Assert.False(File.Exists(socket));
    }

    [Theory]
    [InlineData("DOTNET_GCgen0size=0x800000")]
    [InlineData("COMPlus_GCgen0size=0x800000")]
    [InlineData("DOTNET_GCGen0MaxBudget=0x800000")]
    [InlineData("DOTNET_gcConcurrent=0")]
    public async Task What_whoever_runs_it_chose_is_left_alone(string choice)
    {
        await using var node = await ServeAsync("env", choice, "taskset", "-c", OneCpu.First());

        Assert.Contains(choice, Read(node.Id, "environ"));
        Assert.DoesNotContain($"{Setting}={Room}", Read(node.Id, "environ"));
    }

    [Fact]
    public async Task With_more_of_them_nothing_is_changed()
    {
        Assert.SkipUnless(Environment.ProcessorCount > 1, "This machine has one CPU.");
        await using var node = await ServeAsync();

        Assert.DoesNotContain(Read(node.Id, "environ"), IsOf(Setting).Invoke);
    }

    private async Task<Running> ServeAsync(params IReadOnlyList<string> before)
    {
        // What this process was told of its collector is not for the node.
        var node = _installation.Serve(_port, _gatewayPort, ["env", .. _unset.SelectMany(name => new[] { "-u", name }), .. before]);
        try
        {
            await node.SaysAsync(Ready);
            return node;
        }
        catch
        {
            await node.DisposeAsync();
            throw;
        }
    }

    // Others may be there of processes that were killed and had the same number.
    private static bool Answers(string socket)
    {
        using var tool = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            tool.Connect(new UnixDomainSocketEndPoint(socket));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    // This process has the collector that one CPU would have had.
    private static bool IsLarge() => GC.GetConfigurationVariables()["GCGen0MaxBudget"] is long bytes && bytes > Convert.ToInt64(Room, 16) / 2;

    private static Func<string, bool> IsOf(string setting) => line => line.StartsWith(setting, StringComparison.Ordinal);

    private static string[] Read(int process, string what) =>
        Encoding.UTF8.GetString(File.ReadAllBytes($"/proc/{process}/{what}")).Split('\0', StringSplitOptions.RemoveEmptyEntries);
}
