using System.Security.Cryptography;
using System.Text.Json;
using Gatehouse.Tests.Shared;
using Gatehouse.Tests.System.Processes;

namespace Gatehouse.Tests.System.Nodes;

/// <summary>One PostgreSQL, one <c>gatehouse init</c>, two <c>gatehouse serve</c>: an installation as it is in production, small.</summary>
public sealed class TwoNodes : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly int _port = FreePorts.Take();
    private PostgresCluster? _cluster;
    private Upstream? _upstream;
    private AdminClient? _admin;

    internal const string Api = "echo";

    internal List<Running> Nodes { get; } = [];

    /// <summary>The gateways, in the order of the nodes.</summary>
    internal List<string> Gateways { get; } = [];

    /// <summary>The authorization servers, in the order of the nodes; the first is the one that the issuer names.</summary>
    internal List<string> AuthServers { get; } = [];

    /// <summary>A person of the organization <c>acme</c>.</summary>
    internal DemoFacts.Person Operator { get; private set; } = null!;

    /// <summary>Talks to the first node.</summary>
    internal AdminClient Admin => _admin!;

    private string CaFile => _folder.File("tls.pem");

    private string TokenEndpoint => $"https://localhost:{_port}/as/token.oauth2";

    public async ValueTask InitializeAsync()
    {
        if (PostgresCluster.MissingReason is not null) return; // Each test says so.
        _cluster = await PostgresCluster.StartAsync();
        await _cluster.CreateDatabaseAsync("gatehouse");
        _upstream = await Upstream.StartAsync();
        NodeCertificate.Write(CaFile, _folder.File("tls.key"));
        var founded = await InitAsync();
        foreach (var port in (int[])[_port, FreePorts.Take()])
        {
            var gateway = FreePorts.Take();
            AuthServers.Add($"https://localhost:{port}");
            Gateways.Add($"https://localhost:{gateway}");
            Nodes.Add(Running.Gatehouse(["serve"], environment: Settings(port, gateway)));
        }
        foreach (var node in Nodes) await node.SaysAsync("Gatehouse is ready");
        var person = founded.GetProperty("operator");
        Operator = new DemoFacts.Person(person.GetProperty("email").GetString()!, person.GetProperty("password").GetString()!);
        var program = founded.GetProperty("admin_client");
        var token = await TokenAsync(program.GetProperty("client_id").GetString()!, program.GetProperty("client_secret").GetString()!);
        _admin = new AdminClient(CaFile, founded.GetProperty("admin_url").GetString()!, token);
        await _admin.PublishAsync(Api, _upstream.Url);
    }

    public async ValueTask DisposeAsync()
    {
        _admin?.Dispose();
        foreach (var node in Nodes) await node.DisposeAsync();
        if (_upstream is not null) await _upstream.DisposeAsync();
        if (_cluster is not null) await _cluster.DisposeAsync();
        _folder.Dispose();
    }

    internal HttpClient Http(string? bearer = null) => TrustingHttp.Create(CaFile, bearer);

    internal async Task<string> TokenAsync(string clientId, string clientSecret)
    {
        using var http = Http();
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = clientId, ["client_secret"] = clientSecret,
        });
        using var answer = await http.PostAsync(new Uri(TokenEndpoint), form);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonElement.Parse(text).GetProperty("access_token").GetString()!;
    }

    private async Task<JsonElement> InitAsync()
    {
        await File.WriteAllTextAsync(_folder.File("key"), Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        var finished = await Shell.GatehouseAsync(["init", "--org", "acme", "--operator", "op@example.org"], environment: Settings(_port, _port));
        Assert.True(finished.ExitCode == 0, finished.Error);
        return JsonElement.Parse(finished.Output);
    }

    private Dictionary<string, string> Settings(int port, int gatewayPort) => new()
    {
        ["GATEHOUSE_Issuer"] = $"https://localhost:{_port}", ["GATEHOUSE_ApiUrl"] = "https://api.example.com",
        ["GATEHOUSE_Listen__Auth"] = $"127.0.0.1:{port}", ["GATEHOUSE_Listen__Gateway"] = $"127.0.0.1:{gatewayPort}",
        ["GATEHOUSE_Tls__CertificateFile"] = CaFile, ["GATEHOUSE_Tls__KeyFile"] = _folder.File("tls.key"),
        ["GATEHOUSE_Store__Provider"] = "postgresql", ["GATEHOUSE_Store__ConnectionString"] = _cluster!.ConnectionString("gatehouse"),
        ["GATEHOUSE_KeyEncryptionKeyFile"] = _folder.File("key"),
    };
}

/// <summary>It measures time: nothing else runs beside it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class NodeJourneys : ICollectionFixture<TwoNodes>
{
    public const string Name = "Two nodes";
}
