using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Gatehouse.Bench.Harness.Machine;

namespace Gatehouse.Bench.Harness.Targets;

/// <summary>The settings of one <c>gatehouse serve</c> as in production, and its life: init, serve.</summary>
internal sealed class GatehouseNode
{
    private readonly Rig _rig;
    private readonly string _program;
    private readonly string _folder;
    private readonly int _authPort = Ports.Take();
    private readonly int _gatewayPort = Ports.Take();
    private readonly IReadOnlyDictionary<string, string> _more;

    /// <param name="more">Settings besides those that every run has, or instead of them; looked at when the node starts.</param>
    public GatehouseNode(Rig rig, string name, string program, IReadOnlyDictionary<string, string>? more = null)
    {
        (_rig, _program, _folder, _more) = (rig, program, rig.FolderOf(name), more ?? new Dictionary<string, string>());
        File.WriteAllText(KeyFile, Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
    }

    public string Issuer => $"https://localhost:{_authPort}";

    public Uri TokenEndpoint => new($"{Issuer}/as/token.oauth2");

    public Uri KeySet => new($"{Issuer}/pf/JWKS");

    public Uri Gateway => new($"https://localhost:{_gatewayPort}");

    public string StoreFile => Path.Combine(_folder, "gatehouse.db");

    /// <summary>The key-encryption key in base64.</summary>
    public string KeyFile => Path.Combine(_folder, "key");

    private IReadOnlyList<string> Command => ["dotnet", _program, "serve"];

    /// <summary>What <c>gatehouse init</c> printed: the first organization's operator and program.</summary>
    public async Task<JsonElement> FoundAsync(CancellationToken cancellation) => JsonElement.Parse(await Tool.RunAsync(
        "dotnet", [_program, "init", "--org", "bench", "--operator", "operator@bench.example"], cancellation, Settings()));

    public async Task<Pinned> ServeAsync(CancellationToken cancellation)
    {
        File.Delete(Path.Combine(_folder, "log")); // What an earlier start said is not said by this one.
        var node = Pinned.Start(_rig.ServerCpu, Path.Combine(_folder, "log"), Command, Settings());
        await node.SaysAsync("Gatehouse is ready", cancellation);
        return node;
    }

    /// <summary>Begins a start on all CPUs, and waits for nothing.</summary>
    public Pinned Launch() => Pinned.StartOnAll(Path.Combine(_folder, "log"), Command, Settings());

    private Dictionary<string, string> Settings() => new Dictionary<string, string>
    {
        ["Issuer"] = Issuer,
        ["ApiUrl"] = Gateway.GetLeftPart(UriPartial.Authority),
        ["Listen__Auth"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_authPort}"),
        ["Listen__Gateway"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_gatewayPort}"),
        ["Tls__CertificateFile"] = _rig.CertificateFile,
        ["Tls__KeyFile"] = _rig.CertificateKeyFile,
        ["KeyEncryptionKeyFile"] = KeyFile,
        ["Store__Provider"] = "sqlite",
        ["Store__File"] = StoreFile,
    }.Where(pair => !_more.ContainsKey(pair.Key)).Concat(_more).ToDictionary(pair => "GATEHOUSE_" + pair.Key, pair => pair.Value);
}
