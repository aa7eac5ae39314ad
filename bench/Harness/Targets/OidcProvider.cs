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

    /// <summary>There when it has been installed.</summary>
    public static string PackageFile => Path.Combine(Folder, "node_modules", Package, "package.json");

    public override IReadOnlyList<string> Needs => [PackageFile];

    public override Uri Url => new($"https://127.0.0.1:{_port}/token");

    public override async Task StartAsync(Rig rig, CancellationToken cancellation)
    {
        Version = await DescribeAsync(cancellation);
        (Form, MustRefuse) = KestrelTokenServer.Ask(rig);
        var options = new Dictionary<string, string>
        {
            ["port"] = _port.ToString(CultureInfo.InvariantCulture), ["certificate"] = rig.CertificateFile, ["key"] = rig.CertificateKeyFile,
            ["signing-key"] = rig.SigningKeyFile, ["kid"] = Rig.KeyId, ["client-id"] = Rig.ClientId, ["client-secret"] = rig.ClientSecret,
            ["audience"] = Rig.Audience, ["scope"] = Rig.Scope,
        };
        await Own(Launch(rig, rig.FolderOf(Name), "oidc-provider.js", options)).ListensAsync(_port, cancellation);
    }

    /// <summary>Its version, and that of Node.js.</summary>
    public static async Task<string> DescribeAsync(CancellationToken cancellation)
    {
        var described = JsonElement.Parse(await File.ReadAllTextAsync(PackageFile, cancellation));
        return $"{Package} {described.GetProperty("version").GetString()}, Node.js {await Tool.VersionAsync("node", "--version", cancellation)}";
    }

    /// <summary>Starts one of the programs in <c>bench/Peers/node</c>.</summary>
    public static Pinned Launch(Rig rig, string folder, string script, IReadOnlyDictionary<string, string> options) => Pinned.Start(
        rig.ServerCpu, Path.Combine(folder, "log"),
        ["node", Path.Combine(Folder, script), .. options.SelectMany(pair => new[] { $"--{pair.Key}", pair.Value })],
        new Dictionary<string, string> { ["NODE_ENV"] = "production" });
}
