using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Composition;
using Gatehouse.Founding;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Secrets;

namespace Gatehouse.Bench.Micro;

/// <summary>A node with one application and one API on SQLite, whose pieces are measured where they stand.</summary>
public sealed class InnerNode : IAsyncDisposable
{
    public const string Issuer = "https://auth.example.com";
    public const string Resource = "https://api.example.com/labels";
    public const string Scope = "labels.read";

    private readonly string _folder = Directory.CreateTempSubdirectory("gatehouse-micro-").FullName;
    private WebApplication? _app;

    private InnerNode()
    {
    }

    public Credentials Application { get; private set; } = null!;

    /// <summary>What the application posts.</summary>
    public string Form => $"grant_type=client_credentials&client_id={Application.ClientId}&client_secret={Application.ClientSecret}";

    /// <param name="operations">How many calls the API publishes, 1 or more.</param>
    public static async Task<InnerNode> StartAsync(int operations = 1)
    {
        var node = new InnerNode();
        var key = KeyEncryptionKey.Generate(out _);
        var database = new StoreDatabase(StoreOptions.Sqlite(Path.Combine(node._folder, "gatehouse.db")));
        await database.PrepareAsync(key);
        await node.FoundAsync(new Founder(database, key, TimeProvider.System), operations);
        node._app = Node.Build(new NodeOptions
        {
            Issuer = Issuer, ApiUrl = "https://api.example.com", Database = database, Key = key, Certificate = CreateCertificate(),
            AuthEndPoint = new IPEndPoint(IPAddress.Loopback, 0), GatewayEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
            LogLevel = LogLevel.Warning,
        });
        await node._app.StartAsync();
        return node;
    }

    public T Get<T>()
        where T : notnull => _app!.Services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await _app!.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task FoundAsync(Founder founder, int operations)
    {
        var organization = await founder.CreateOrganizationAsync("bench", "Bench");
        var api = await founder.PublishAsync(new Api
        {
            OrganizationId = organization.Id, Slug = "labels", Name = "Labels", Resource = Resource, Upstream = "http://127.0.0.1:9",
            Scopes = [new ApiScope { Token = Scope }],
            Operations = [.. Enumerable.Range(0, operations).Select(Describe)],
            Plans = [new Plan { Slug = "standard", Name = "Standard" }],
        });
        Application = await founder.CreateApplicationAsync(organization, "Bench", string.Empty, api, ownerId: null);
    }

    private static ApiOperation Describe(int place) => new() { Method = "GET", PathTemplate = $"/labels{place}/{{id}}", Scope = Scope };

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), password: null);
    }
}
