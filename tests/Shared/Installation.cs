using System.Security.Cryptography;
using System.Text.Json;

namespace Gatehouse.Tests.Shared;

/// <summary>
/// One <c>gatehouse init</c>, and as many <c>gatehouse serve</c> as a test wants: certificate, key and settings as in production, in a folder that
/// goes away.
/// </summary>
/// <param name="port">The port of the issuer, <c>https://localhost:port</c>.</param>
/// <param name="settings">The settings that the test adds, as environment variables without <c>GATEHOUSE_</c>: <c>ApiUrl</c> and the store at least.</param>
internal sealed class Installation(int port, IReadOnlyDictionary<string, string> settings) : IDisposable
{
    public const string Organization = "acme";

    private readonly TemporaryFolder _folder = new();

    public string CaFile => _folder.File("tls.pem");

    public string Issuer => $"https://localhost:{port}";

    /// <summary>A person of the organization <c>acme</c>.</summary>
    public Account Operator { get; private set; } = null!;

    /// <summary>Talks to the node that the issuer names, once one serves.</summary>
    public AdminClient? Admin { get; private set; }

    public string TokenEndpoint => Issuer + "/as/token.oauth2";

    private JsonElement Founded { get; set; }

    public string File(string name) => _folder.File(name);

    public async Task FoundAsync()
    {
        await global::System.IO.File.WriteAllTextAsync(File("key"), Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        NodeCertificate.Write(CaFile, File("tls.key"));
        var finished = await Shell.GatehouseAsync(["init", "--org", Organization, "--operator", "op@example.org"], environment: Settings(port, port));
        Assert.True(finished.ExitCode == 0, finished.Error);
        Founded = JsonElement.Parse(finished.Output);
        var person = Founded.GetProperty("operator");
        Operator = new Account(person.GetProperty("email").GetString()!, person.GetProperty("password").GetString()!);
    }

    /// <param name="authPort">The issuer's port, or another for a further node.</param>
    /// <param name="gatewayPort">Of the gateway.</param>
    /// <param name="before">A command that starts another, and becomes it.</param>
    public Running Serve(int authPort, int gatewayPort, IReadOnlyList<string>? before = null) =>
        Running.Gatehouse(["serve"], environment: Settings(authPort, gatewayPort), before: before);

    public async Task<AdminClient> OpenAdminAsync()
    {
        var program = Founded.GetProperty("admin_client");
        var token = await TokenAsync(program.GetProperty("client_id").GetString()!, program.GetProperty("client_secret").GetString()!);
        return Admin = new AdminClient(CaFile, Founded.GetProperty("admin_url").GetString()!, token);
    }

    public async Task<string> TokenAsync(string clientId, string clientSecret)
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

    public HttpClient Http(string? bearer = null) => TrustingHttp.Create(CaFile, bearer);

    public Person OpenBrowser() => new(CaFile, Issuer, Operator);

    public void Dispose()
    {
        Admin?.Dispose();
        _folder.Dispose();
    }

    private Dictionary<string, string> Settings(int authPort, int gatewayPort)
    {
        var all = new Dictionary<string, string>
        {
            ["Issuer"] = Issuer, ["Listen__Auth"] = $"127.0.0.1:{authPort}", ["Listen__Gateway"] = $"127.0.0.1:{gatewayPort}",
            ["Tls__CertificateFile"] = CaFile, ["Tls__KeyFile"] = File("tls.key"), ["KeyEncryptionKeyFile"] = File("key"),
        };
        foreach (var (name, value) in settings) all[name] = value.Replace("{folder}", _folder.Location, StringComparison.Ordinal);
        return all.ToDictionary(pair => "GATEHOUSE_" + pair.Key, pair => pair.Value);
    }
}
