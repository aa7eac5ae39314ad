using System.CommandLine;
using System.Net;
using Gatehouse.Composition;
using Gatehouse.Configuration;

namespace Gatehouse.Serve;

/// <summary><c>gatehouse serve</c>: a node of a real installation.</summary>
internal static class ServeCommand
{
    public static Option<string?> ConfigOption() => new("--config") { Description = "A JSON file with settings. Environment variables GATEHOUSE_… win over it." };

    public static Command Create()
    {
        var config = ConfigOption();
        var command = new Command("serve", "Start a node. Refuses to start on incomplete configuration, and tells all errors at once.") { config };
        command.SetAction(arguments => NodeRunner.GuardAsync(() => RunAsync(arguments.GetValue(config))));
        return command;
    }

    private static async Task RunAsync(string? config)
    {
        YoungObjects.MakeRoom();
        var options = ServeConfiguration.ReadNode(config);
        RefuseTakenPorts(options); // Before anything is written.
        await using var start = NodeStart.Begin(options);
        await options.Database.PrepareAsync(options.Key);
        if (!await options.Database.IsFoundedAsync())
            throw new StartRefusedException("The store has no organization yet. Make the first one with: gatehouse init");
        await NodeRunner.RunAsync(await start.FinishAsync(), options, () => Console.Out.WriteLineAsync($"Gatehouse is ready: {options.Issuer}, {options.ApiUrl}"));
    }

    private static void RefuseTakenPorts(NodeOptions options)
    {
        var wanted = new List<(IPEndPoint, string)>();
        if (options.AuthEndPoint is { } auth) wanted.Add((auth, ServeConfiguration.AuthEndPointKey));
        if (options.GatewayEndPoint is { } gateway) wanted.Add((gateway, ServeConfiguration.GatewayEndPointKey));
        if (options.ClientCertificates.EndPoint is { } mutual) wanted.Add((mutual, CertificateSettings.EndPointKey));
        Ports.RefuseTaken(wanted);
    }
}
