using System.CommandLine;
using System.Net;
using System.Text.Json;
using Gatehouse.Composition;
using Gatehouse.Configuration;
using Gatehouse.Portal;
using Gatehouse.Store.Database;
using Labels;

namespace Gatehouse.Demo;

/// <summary><c>gatehouse demo</c>: everything in one process, with data to play with.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "The folder for database, keys and certificates.", DefaultValueFactory = _ => "./data" };
        var port = new Option<int>("--port") { Description = "The port of auth, portal and Admin API.", DefaultValueFactory = _ => 8443 };
        var apiPort = new Option<int>("--api-port") { Description = "The port of the gateway.", DefaultValueFactory = _ => 9443 };
        foreach (var option in (ReadOnlySpan<Option<int>>)[port, apiPort]) option.Validators.Add(Ports.Validate);
        var command = new Command("demo", "Start auth, portal, gateway and a sample API on this machine, with data to play with.") { data, port, apiPort };
        command.SetAction(arguments => NodeRunner.GuardAsync(
            () => RunAsync(arguments.GetRequiredValue(data), arguments.GetRequiredValue(port), arguments.GetRequiredValue(apiPort))));
        return command;
    }

    private static async Task RunAsync(string data, int port, int apiPort)
    {
        // Before anything is written.
        Ports.RefuseTaken((new IPEndPoint(IPAddress.Loopback, port), "--port"), (new IPEndPoint(IPAddress.Loopback, apiPort), "--api-port"));
        using var folder = DataFolder.Open(data);
        var key = folder.OpenKey();
        var database = new StoreDatabase(StoreOptions.Sqlite(folder.DatabaseFile));
        await database.PrepareAsync(key);
        var caFile = DemoCertificates.CaFileIn(folder.Path);
        var options = new NodeOptions
        {
            Issuer = $"https://localhost:{port}", ApiUrl = $"https://localhost:{apiPort}", BothLoopbacks = true,
            AuthEndPoint = new IPEndPoint(IPAddress.Loopback, port), GatewayEndPoint = new IPEndPoint(IPAddress.Loopback, apiPort),
            Certificate = DemoCertificates.Open(folder.Path, TimeProvider.System), CaFile = caFile,
            SampleCalls = new Dictionary<string, SampleCall> { ["labels"] = new("POST", "/labels/domestic", SampleLabel.Json) },
            Database = database, Key = key,
        };
        await using var labels = LabelsApi.CreateApp(new LabelsOptions { TokenUrl = new Uri(options.TokenEndpoint) }, options.Clock);
        await labels.StartAsync();
        var demo = await new DemoData(database, key, options.Clock).OpenAsync(options, caFile, labels.Urls.Single(), CancellationToken.None);
        await NodeRunner.RunAsync(Node.Build(options), options, () => AnnounceAsync(folder.Path, demo));
        await labels.StopAsync(); // After the gateway has drained: its last calls needed it.
    }

    private static async Task AnnounceAsync(string folder, DemoFile demo)
    {
        var file = Path.Combine(folder, "demo.json");
        DataFolder.WriteSecret(file, JsonSerializer.Serialize(demo, DemoJson.Default.DemoFile) + "\n");
        await Console.Out.WriteLineAsync(DemoBanner.Compose(demo, file));
    }
}
