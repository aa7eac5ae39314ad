using System.Globalization;
using System.Text.Json;
using Gatehouse.Bench.Harness.Machine;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Paths.Servers;

/// <summary>The npm package oidc-provider in one Node.js process, with the features that the paths ask for.</summary>
internal sealed class OidcProviderPaths(PathEntry entry) : PathServer(
    "oidc-provider", "oidc-provider on Node.js in one process, everything in memory", entry)
{
    private const string Opaque = "https://api.bench.example/opaque";
    private const string PublicClientId = "bench-public";

    private readonly int _port = Ports.Take();
    private PathClient? _client;

    public override IReadOnlyList<string> Needs => [OidcProvider.PackageFile];

    public override Uri TokenEndpoint => At("token");

    public override Uri IntrospectionEndpoint => At("token/introspection");

    public override PathClient Teller => _client!;

    public override PathClient Confidential => _client!;

    public override PathClient Public { get; } = new(PublicClientId, Secret: null);

    public override string TokenRequest(bool isReference) =>
        $"{GatehouseOperator.FormOf(_client!.Id, _client.Secret!)}&scope={Rig.Scope}{(isReference ? $"&resource={Uri.EscapeDataString(Opaque)}" : "")}";

    public override async Task<string> ObtainCodeAsync(PathClient client, CancellationToken cancellation) =>
        Browser.CodeOf((await Browser.VisitAsync(AuthorizationRequest(At("auth"), client, Rig.Scope), cancellation)).Url);

    protected override async Task LaunchAsync(Rig rig, CancellationToken cancellation)
    {
        Version = await OidcProvider.DescribeAsync(cancellation);
        _client = new PathClient(Rig.ClientId, rig.ClientSecret);
        var options = new Dictionary<string, string>
        {
            ["port"] = _port.ToString(CultureInfo.InvariantCulture), ["certificate"] = rig.CertificateFile, ["key"] = rig.CertificateKeyFile,
            ["signing-key"] = rig.SigningKeyFile, ["kid"] = Rig.KeyId, ["client-id"] = Rig.ClientId, ["client-secret"] = rig.ClientSecret,
            ["audience"] = Rig.Audience, ["scope"] = Rig.Scope, ["redirect-uri"] = Pkce.RedirectUri, ["public-client-id"] = PublicClientId,
            ["opaque-audience"] = Opaque,
        };
        var program = OidcProvider.Launch(rig, rig.FolderOf(Name), "oidc-provider-paths.js", options);
        await Own(program).ListensAsync(_port, cancellation);
    }

    private Uri At(string path) => new($"https://127.0.0.1:{_port}/{path}");
}
