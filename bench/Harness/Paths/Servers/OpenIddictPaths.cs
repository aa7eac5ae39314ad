using System.Globalization;
using Gatehouse.Bench.Harness.Machine;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Paths.Servers;

/// <summary>OpenIddict with Entity Framework Core on SQLite, a mode of the program in <c>bench/Peers</c>.</summary>
internal sealed class OpenIddictPaths(PathEntry entry) : PathServer(
    "openiddict-ef", "OpenIddict 7.8 with Entity Framework Core on SQLite, as its documentation begins", entry)
{
    private const string PublicClientId = "bench-public";

    private readonly int _port = Ports.Take();
    private PathClient? _client;

    public override Uri TokenEndpoint => At("token");

    public override Uri IntrospectionEndpoint => At("introspect");

    public override PathClient Teller => _client!;

    public override PathClient Confidential => _client!;

    public override PathClient Public { get; } = new(PublicClientId, Secret: null);

    // All its access tokens are of one kind: that which the path asks for.
    public override string TokenRequest(bool isReference) => $"{GatehouseOperator.FormOf(_client!.Id, _client.Secret!)}&scope={Rig.Scope}";

    // It gives refresh tokens for this scope only.
    public override async Task<string> ObtainCodeAsync(PathClient client, CancellationToken cancellation) =>
        Browser.CodeOf((await Browser.VisitAsync(AuthorizationRequest(At("authorize"), client, $"{Rig.Scope} offline_access"), cancellation)).Url);

    protected override async Task LaunchAsync(Rig rig, CancellationToken cancellation)
    {
        var folder = rig.FolderOf(Name);
        Version = $".NET {Environment.Version}";
        _client = new PathClient(Rig.ClientId, rig.ClientSecret);
        var options = new Dictionary<string, string>
        {
            ["port"] = _port.ToString(CultureInfo.InvariantCulture), ["certificate"] = rig.CertificateFile, ["key"] = rig.CertificateKeyFile,
            ["folder"] = folder, ["issuer"] = Rig.Issuer, ["audience"] = Rig.Audience, ["scope"] = Rig.Scope, ["kid"] = Rig.KeyId,
            ["signing-key"] = rig.SigningKeyFile, ["client-id"] = Rig.ClientId, ["client-secret"] = rig.ClientSecret,
            ["public-client-id"] = PublicClientId, ["redirect-uri"] = Pkce.RedirectUri,
            ["reference"] = Entry.Name.EndsWith("-reference", StringComparison.Ordinal).ToString(),
        };
        var arguments = options.SelectMany(pair => new[] { $"--{pair.Key}", pair.Value });
        string[] command = ["dotnet", Built.Program("Gatehouse.Bench.Peers"), "openiddict-paths", .. arguments];
        await Own(Pinned.Start(rig.ServerCpu, Path.Combine(folder, "log"), command)).ListensAsync(_port, cancellation);
    }

    private Uri At(string path) => new($"https://127.0.0.1:{_port}/connect/{path}");
}
