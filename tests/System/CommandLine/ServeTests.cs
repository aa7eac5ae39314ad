using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Tests.System.CommandLine;

/// <summary>What stands in the way of a node is told in one line, with the setting to change.</summary>
public sealed class ServeTests
{
    private readonly Dictionary<string, int> _ports = new()
    {
        ["Listen:Auth"] = FreePorts.Take(), ["Listen:Gateway"] = FreePorts.Take(), ["Listen:Mtls"] = FreePorts.Take(),
    };

    [Theory]
    [InlineData("Listen:Auth")]
    [InlineData("Listen:Gateway")]
    [InlineData("Listen:Mtls")]
    public async Task A_taken_port_names_the_setting_to_change(string setting)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        _ports[setting] = ((IPEndPoint)listener.LocalEndpoint).Port;

        var line = await RefusedAsync();

        Assert.Contains($"Port {_ports[setting]} is taken", line, StringComparison.Ordinal);
        Assert.Contains(setting, line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_port_for_two_settings_names_both()
    {
        _ports["Listen:Mtls"] = _ports["Listen:Auth"];

        var line = await RefusedAsync();

        Assert.Contains("Listen:Mtls and Listen:Auth cannot both have port", line, StringComparison.Ordinal);
    }

    // Nothing is written: there is no store, and none is made.
    private async Task<string> RefusedAsync()
    {
        using var installation = new Installation(_ports["Listen:Auth"], new Dictionary<string, string>
        {
            ["ApiUrl"] = "https://api.example.com", ["Store__Provider"] = "sqlite", ["Store__File"] = "{folder}/gatehouse.db",
            ["Listen__Mtls"] = $"127.0.0.1:{_ports["Listen:Mtls"]}", ["MtlsUrl"] = "https://mtls.example.com",
        });
        await installation.FoundAsync();
        File.Delete(installation.File("gatehouse.db"));

        var refused = await Shell.RunAsync(installation.Serve(_ports["Listen:Auth"], _ports["Listen:Gateway"]));

        Assert.False(File.Exists(installation.File("gatehouse.db")));
        Assert.Equal((1, string.Empty), (refused.ExitCode, refused.Output));
        return Assert.Single(refused.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
