using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Gatehouse.Tests.System.CommandLine;

/// <summary>What stands in the way of a node is told in one line, with the setting to change.</summary>
public sealed class ServeTests
{
    [Theory]
    [InlineData("Listen:Auth")]
    [InlineData("Listen:Gateway")]
    [InlineData("Listen:Mtls")]
    public async Task A_taken_port_names_the_setting_to_change(string setting)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var taken = ((IPEndPoint)listener.LocalEndpoint).Port;
        var ports = new Dictionary<string, int>
        {
            ["Listen:Auth"] = FreePorts.Take(), ["Listen:Gateway"] = FreePorts.Take(), ["Listen:Mtls"] = FreePorts.Take(), [setting] = taken,
        };
        using var installation = new Installation(ports["Listen:Auth"], new Dictionary<string, string>
        {
            ["ApiUrl"] = "https://api.example.com", ["Store__Provider"] = "sqlite", ["Store__File"] = "{folder}/gatehouse.db",
            ["Listen__Mtls"] = $"127.0.0.1:{ports["Listen:Mtls"]}", ["MtlsUrl"] = "https://mtls.example.com",
        });
        await installation.FoundAsync();

        var refused = await Shell.RunAsync(installation.Serve(ports["Listen:Auth"], ports["Listen:Gateway"]));

        Assert.Equal((1, string.Empty), (refused.ExitCode, refused.Output));
        var line = Assert.Single(refused.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(taken.ToString(CultureInfo.InvariantCulture), line, StringComparison.Ordinal);
        Assert.Contains(setting, line, StringComparison.Ordinal);
    }
}
