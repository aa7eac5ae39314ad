using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Gatehouse.Admission;
using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.AuthServer.Remote;
using Gatehouse.Composition;
using Gatehouse.Founding;
using Gatehouse.Gateway;
using Gatehouse.Store.Changes;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Secrets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Tests.Spec.Hosting;

/// <summary>The whole program on SQLite and free ports, with a clock that the test moves, an upstream, and one published API.</summary>
public sealed class TestNode : IAsyncLifetime
{
    public const string Issuer = "https://auth.example.test";
    public const string ApiUrl = "https://api.example.test";

    private readonly string _folder = Directory.CreateTempSubdirectory("gatehouse-spec-").FullName;
    private readonly X509Certificate2 _certificate = TestCertificate.Create();
    private WebApplication _app = null!;
    private long _startPosition;

    /// <summary>Set before the node starts.</summary>
    public GatewayLimits Limits { get; init; } = new();

    /// <summary>Set before the node starts.</summary>
    public OutgoingRules Outgoing { get; init; } = new();

    /// <summary>Set before the node starts.</summary>
    public RegistrationRules Registration { get; init; } = new();

    /// <summary>Set before the node starts.</summary>
    public int UnprovenRequestsPerMinute { get; init; } = 10_000;

    /// <summary>Set before the node starts.</summary>
    public CertificateOptions ClientCertificates { get; init; } = new();

    /// <summary>Set before the node starts.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>Set before the node starts. Nothing is refused by default: time stands still here, and jumps.</summary>
    public AdmissionOptions Admission { get; init; } = new() { TargetWait = TimeSpan.Zero };

    /// <summary>Where client certificates are asked for; null when that is off.</summary>
    public Uri? MutualAddress { get; private set; }

    public TestClock Clock { get; } = new();

    /// <summary>What a client must trust.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem();

    public StoreDatabase Database { get; private set; } = null!;

    public KeyEncryptionKey Key { get; } = MigratedFile.Key;

    public HttpClient Auth { get; private set; } = null!;

    public HttpClient Gateway { get; private set; } = null!;

    public Upstream Upstream { get; private set; } = null!;

    public Organization Organization { get; private set; } = null!;

    /// <summary>Scopes things:read and things:write; GET and PUT /things/{id}, POST /things, GET /things.</summary>
    public Api Things { get; private set; } = null!;

    public Founder Founder { get; private set; } = null!;

    public T Get<T>()
        where T : notnull => _app.Services.GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        var file = Path.Combine(_folder, "gatehouse.db");
        await MigratedFile.CopyToAsync(file);
        Database = new StoreDatabase(StoreOptions.Sqlite(file));
        Upstream = await Upstream.StartAsync();
        Founder = new Founder(Database, Key, Clock);
        Organization = await Founder.CreateOrganizationAsync("org", "Organization");
        Things = await Founder.PublishAsync(DescribeApi("things", Upstream.Url));
        _app = Node.Build(new NodeOptions
        {
            Issuer = Issuer, ApiUrl = ApiUrl,
            AuthEndPoint = new IPEndPoint(IPAddress.Loopback, 0), GatewayEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
            Certificate = _certificate, Database = Database, Key = Key, Clock = Clock, LogLevel = LogLevel.None, Gateway = Limits, Outgoing = Outgoing, Registration = Registration,
            UnprovenRequestsPerMinute = UnprovenRequestsPerMinute,
            ClientCertificates = ClientCertificates, TrustedProxies = TrustedProxies, Admission = Admission,
        });
        await using (var db = Database.Open()) _startPosition = await db.Changes.MaxAsync(row => row.Position);
        await _app.StartAsync();
        var addresses = Get<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToList();
        Auth = TestCertificate.CreateClient(_certificate, new Uri(addresses[0]));
        Gateway = TestCertificate.CreateClient(_certificate, new Uri(addresses[1]));
        if (ClientCertificates.EndPoint is not null) MutualAddress = new Uri(addresses[2]);
    }

    public async ValueTask DisposeAsync()
    {
        Auth.Dispose();
        Gateway.Dispose();
        await _app.StopAsync(); // Disposing alone does not wait for the workers, and one of them may still write.
        await _app.DisposeAsync();
        await Upstream.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A client with connections of its own, and a certificate or none.</summary>
    public HttpClient Connect(Uri address, X509Certificate2? certificate, System.Net.Security.SslStreamCertificateContext? context = null) =>
        TestCertificate.CreateClient(_certificate, address, certificate, context);

    /// <summary>An API with two scopes and the calls of a small collection below <c>/{slug}</c>.</summary>
    public Api DescribeApi(string slug, string upstream) => new()
    {
        OrganizationId = Organization.Id, Slug = slug, Name = slug, Resource = $"{ApiUrl}/{slug}", Upstream = upstream,
        Scopes = [new ApiScope { Token = slug + ":read" }, new ApiScope { Token = slug + ":write" }],
        Operations =
        [
            new ApiOperation { Method = "GET", PathTemplate = $"/{slug}", Scope = slug + ":read" },
            new ApiOperation { Method = "POST", PathTemplate = $"/{slug}", Scope = slug + ":write" },
            new ApiOperation { Method = "GET", PathTemplate = $"/{slug}/{{id}}", Scope = slug + ":read" },
            new ApiOperation { Method = "PUT", PathTemplate = $"/{slug}/{{id}}", Scope = slug + ":write" },
        ],
        Plans = [new Plan { Slug = "standard", Name = "Standard" }, new Plan { Slug = "short", Name = "Short", TokenLifetimeSeconds = 600 }],
    };

    /// <summary>An application with an approved contract for the things API, or for another one.</summary>
    public Task<Credentials> CreateApplicationAsync(Api? api = null, string name = "Application") =>
        Founder.CreateApplicationAsync(Organization, name, string.Empty, api ?? Things, ownerId: null);

    public async Task<Application> FindAsync(string clientId)
    {
        await using var db = Database.Open();
        return await db.Applications.AsNoTracking().Include(row => row.Secrets).Include(row => row.Contracts).SingleAsync(row => row.ClientId == clientId);
    }

    public async Task<string> ObtainTokenAsync(Credentials credentials, string? scope = null)
    {
        var form = new Dictionary<string, string>
        {
            ["grant_type"] = "client_credentials", ["client_id"] = credentials.ClientId, ["client_secret"] = credentials.ClientSecret,
        };
        if (scope is not null) form["scope"] = scope;
        using var content = new FormUrlEncodedContent(form);
        using var answer = await Auth.PostAsync("/as/token.oauth2", content);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (string)(await answer.Content.ReadFromJsonAsync<JsonObject>())!["access_token"]!;
    }

    /// <summary>Calls the gateway.</summary>
    public async Task<HttpResponseMessage> CallAsync(string path, string? token, HttpMethod? method = null, HttpContent? content = null, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path) { Content = content };
        if (token is not null) request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + token);
        change?.Invoke(request);
        return await Gateway.SendAsync(request);
    }

    /// <summary>Returns when the node has applied every change that was written so far.</summary>
    public async Task SettleAsync()
    {
        await using var db = Database.Open();
        var written = await db.Changes.CountAsync(row => row.Position > _startPosition);
        await Eventually.TrueAsync(() => Task.FromResult(Get<ChangeDelay>().Read().Applied >= written), "the node applies what was written");
    }

    /// <summary>The problem that the owner sees under a trace id; it is written behind the request's back.</summary>
    public async Task<Problem> FindProblemAsync(string traceId)
    {
        Problem? found = null;
        await Eventually.TrueAsync(async () =>
        {
            await using var db = Database.Open();
            return (found = await db.Problems.AsNoTracking().SingleOrDefaultAsync(row => row.TraceId == traceId)) is not null;
        }, $"the problem {traceId} is written");
        return found!;
    }
}
