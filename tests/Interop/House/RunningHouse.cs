using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;

namespace Gatehouse.Tests.Interop.House;

/// <summary>
/// One <c>gatehouse serve</c> for all clients, an API behind its gateway and a place for an MCP server, and around them a person with a browser and
/// a publisher of documents.
/// </summary>
public sealed class RunningHouse : IAsyncLifetime
{
    private readonly int _port = FreePorts.Take();
    private readonly int _gatewayPort = FreePorts.Take();
    private readonly int _mutualPort = FreePorts.Take();
    private readonly Installation _installation;
    private readonly SemaphoreSlim _publishing = new(1);
    private readonly List<string> _resourceServers = [];
    private Running? _node;
    private Upstream? _upstream;
    private Outside? _outside;

    public RunningHouse() => _installation = new Installation(_port, new Dictionary<string, string>
    {
        ["ApiUrl"] = Gateway, ["Store__Provider"] = "sqlite", ["Store__File"] = "{folder}/gatehouse.db",
        ["Registration__Mode"] = "open", ["Registration__Organization"] = Installation.Organization, ["Registration__Apis"] = $"{Apis.Parcels},{Apis.Mcp}",
        ["Registration__DocumentHosts"] = "localhost", ["Registration__PerHour"] = "1000", ["Authorization__RequestsPerMinute"] = "10000",
        ["Outgoing__AllowPrivateAddresses"] = "true", ["Outgoing__CaFile"] = "{folder}/tls.pem",
        ["Listen__Mtls"] = $"127.0.0.1:{_mutualPort}", ["MtlsUrl"] = MutualUrl, ["Tls__ClientCaFile"] = "{folder}/clients.pem",
        ["Gateway__AskForClientCertificate"] = "true",
    });

    public string Issuer => _installation.Issuer;

    /// <summary>Where the MCP server behind the gateway must listen.</summary>
    public int McpPort { get; } = FreePorts.Take();

    /// <summary>Where clients with a certificate are asked for it.</summary>
    public string MutualUrl => $"https://localhost:{_mutualPort}";

    public string Gateway => $"https://localhost:{_gatewayPort}";

    /// <summary>The address of an API call that needs <c>parcels:read</c>.</summary>
    public string Call => $"{Gateway}/{Apis.Parcels}/1";

    /// <summary>The resource identifier of the API.</summary>
    public string Resource => $"{Gateway}/{Apis.Parcels}";

    /// <summary>What Gatehouse has logged of refusals, for the message of a test that failed.</summary>
    internal string Log => string.Join('\n', _node!.Error.Split('\n').TakeLast(20));

    internal string CaFile => _installation.CaFile;

    internal string KeyFile => _installation.File("tls.key");

    /// <summary>Vouches for the certificates of clients.</summary>
    internal Certified ClientAuthority { get; } = Certified.Authority();

    internal Outside Outside => _outside!;

    internal AdminClient Admin => _installation.Admin!;

    /// <summary>The applications of one client library, which the caller disposes.</summary>
    internal async Task<Applications> RegisterAsync(
        string library, string api = Apis.Parcels, IEnumerable<string>? redirectUris = null, IEnumerable<string>? goodbyes = null)
    {
        var applications = await Applications.RegisterAsync(this, library, api, redirectUris ?? [], goodbyes ?? []);
        if (api != Apis.Parcels) return applications;
        await _publishing.WaitAsync();
        try
        {
            _resourceServers.Add(applications.Service.ClientId);
            await Apis.PublishParcelsAsync(this, _upstream!.Url, _resourceServers);
        }
        finally
        {
            _publishing.Release();
        }
        return applications;
    }

    internal HttpClient Http(string? bearer = null) => _installation.Http(bearer);

    /// <summary>A client that shows a certificate.</summary>
    internal HttpClient Http(X509Certificate2 certificate, string? bearer = null)
    {
        var handler = TrustingHttp.CreateHandler(CaFile);
        handler.SslOptions.ClientCertificates = [certificate];
        var client = new HttpClient(handler);
        if (bearer is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return client;
    }

    /// <summary>The token of an application that speaks for itself.</summary>
    internal Task<string> TokenAsync(Credentials application) => _installation.TokenAsync(application.ClientId, application.ClientSecret);

    internal Person OpenBrowser() => _installation.OpenBrowser();

    public async ValueTask InitializeAsync()
    {
        await File.WriteAllTextAsync(_installation.File("clients.pem"), ClientAuthority.Certificate.ExportCertificatePem());
        await _installation.FoundAsync();
        _node = _installation.Serve(_port, _gatewayPort);
        _upstream = await Upstream.StartAsync();
        await _node.SaysAsync("Gatehouse is ready");
        _outside = await Outside.StartAsync(this);
        await _installation.OpenAdminAsync();
        await Apis.PublishParcelsAsync(this, _upstream.Url, _resourceServers);
        await Apis.PublishMcpAsync(this, $"http://127.0.0.1:{McpPort}");
    }

    public async ValueTask DisposeAsync()
    {
        if (_node is not null) await _node.DisposeAsync();
        if (_upstream is not null) await _upstream.DisposeAsync();
        if (_outside is not null) await _outside.DisposeAsync();
        _installation.Dispose();
        _publishing.Dispose();
        ClientAuthority.Dispose();
    }
}
