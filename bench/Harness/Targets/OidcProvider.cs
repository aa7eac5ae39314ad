using System.Globalization;
using System.Text.Json;
using Gatehouse.Bench.Harness.Machine;

namespace Gatehouse.Bench.Harness.Targets;

/// <summary>The npm package oidc-provider in one Node.js process.</summary>
internal sealed class OidcProvider() : Target("oidc-provider", "oidc-provider on Node.js in one process, everything in memory")
{
    private const string Package = "oidc-provider";

    private static readonly string Folder = Path.Combine(Built.Artifacts, "bench", "node");

    private readonly int _port = Ports.Take();

    public override IReadOnlyList<string> Needs => [Path.Combine(Folder, "node_modules", Package, "package.json")];

    public override Uri Url => new($"https://127.0.0.1:{_port}/token");

    public override async Task StartAsync(Rig rig, CancellationToken cancellation)
    {
        var described = JsonElement.Parse(await File.ReadAllTextAsync(Needs[0], cancellation));
        Version = $"{Package} {described.GetProperty("version").GetString()}, Node.js {await Tool.VersionAsync("node", "--version", cancellation)}";
        (Form, MustRefuse) = KestrelTokenServer.Ask(rig);
        var options = new Dictionary<string, string>
        {
            ["port"] = _port.ToString(CultureInfo.InvariantCulture), ["certificate"] = rig.CertificateFile, ["key"] = rig.CertificateKeyFile,
            ["signing-key"] = rig.SigningKeyFile, ["kid"] = Rig.KeyId, ["client-id"] = Rig.ClientId, ["client-secret"] = rig.ClientSecret,
            ["audience"] = Rig.Audience, ["scope"] = Rig.Scope,
        };
        var program = Pinned.Start(rig.ServerCpu, Path.Combine(rig.FolderOf(Name), "log"),
            ["node", Path.Combine(Folder, "oidc-provider.js"), .. options.SelectMany(pair => new[] { $"--{pair.Key}", pair.Value })],
            new Dictionary<string, string> { ["NODE_ENV"] = "production" });
        await Own(program).ListensAsync(_port, cancellation);
    }
}
