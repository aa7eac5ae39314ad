using Gatehouse.Tests.System.Processes;

namespace Gatehouse.Tests.System.Nodes;

/// <summary>One PostgreSQL, one <c>gatehouse init</c>, two <c>gatehouse serve</c>: an installation as it is in production, small.</summary>
public sealed class TwoNodes : IAsyncLifetime
{
    private readonly int _port = FreePorts.Take();
    private PostgresCluster? _cluster;
    private Upstream? _upstream;
    private Installation? _installation;

    internal const string Api = "echo";

    internal List<Running> Nodes { get; } = [];

    /// <summary>The gateways, in the order of the nodes.</summary>
    internal List<string> Gateways { get; } = [];

    /// <summary>The authorization servers, in the order of the nodes; the first is the one that the issuer names.</summary>
    internal List<string> AuthServers { get; } = [];

    /// <summary>Talks to the first node.</summary>
    internal AdminClient Admin => _installation!.Admin!;

    public async ValueTask InitializeAsync()
    {
        if (PostgresCluster.MissingReason is not null) return; // Each test says so.
        _cluster = await PostgresCluster.StartAsync();
        await _cluster.CreateDatabaseAsync("gatehouse");
        _upstream = await Upstream.StartAsync();
        _installation = new Installation(_port, new Dictionary<string, string>
        {
            ["ApiUrl"] = "https://api.example.com", ["Store__Provider"] = "postgresql", ["Store__ConnectionString"] = _cluster.ConnectionString("gatehouse"),
            ["Authorization__RequestsPerMinute"] = "1000000", // Thousands of them race from one address.
        });
        await _installation.FoundAsync();
        foreach (var port in (int[])[_port, FreePorts.Take()])
        {
            var gateway = FreePorts.Take();
            AuthServers.Add($"https://localhost:{port}");
            Gateways.Add($"https://localhost:{gateway}");
            Nodes.Add(_installation.Serve(port, gateway));
        }
        foreach (var node in Nodes) await node.SaysAsync("Gatehouse is ready");
        await (await _installation.OpenAdminAsync()).PublishAsync(Api, _upstream.Url);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Nodes) await node.DisposeAsync();
        if (_upstream is not null) await _upstream.DisposeAsync();
        _installation?.Dispose();
        if (_cluster is not null) await _cluster.DisposeAsync();
    }

    internal HttpClient Http(string? bearer = null) => _installation!.Http(bearer);

    internal Person OpenBrowser() => _installation!.OpenBrowser();

    internal Task<string> TokenAsync(string clientId, string clientSecret) => _installation!.TokenAsync(clientId, clientSecret);
}

/// <summary>It measures time: nothing else runs beside it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class NodeJourneys : ICollectionFixture<TwoNodes>
{
    public const string Name = "Two nodes";
}
