using Gatehouse.Bench.Harness.Paths.Servers;
using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Paths;

/// <summary>All paths of <c>bench/bench paths</c>. A new one needs its class and a line here.</summary>
internal static class PathCatalog
{
    private const string Oidc = "oidc-provider";
    private const string OpenIddict = "openiddict-ef";

    private static readonly PathEntry[] All =
    [
        // oidc-provider introspects no JWT: it answers them with unsupported_token_type.
        new("introspection", [OpenIddict], (server, rig) => new Introspection(server, rig, isReference: false)),
        new("introspection-reference", [Oidc, OpenIddict], (server, rig) => new Introspection(server, rig, isReference: true)),
        new("refresh-rotating", [Oidc, OpenIddict], (server, _) => new Refresh(server, isPublic: true)),
        new("refresh-confidential", [Oidc, OpenIddict], (server, _) => new Refresh(server, isPublic: false)),
        new("code-exchange", [Oidc, OpenIddict], (server, _) => new CodeExchange(server)),
        // OpenIddict has no DPoP.
        new("dpop-issue", [Oidc], (server, _) => new DpopIssue(server)),
        // No other gateway here takes reference tokens or DPoP.
        new("call-reference", [], (server, rig) => new ReferenceCall(server, rig)) { IsCall = true },
        new("call-dpop", [], (server, _) => new DpopCall(server)) { IsCall = true },
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(entry => entry.Name)];

    /// <summary>Null for a job that is no path.</summary>
    public static PathEntry? Find(string job) => All.FirstOrDefault(entry => entry.Name == job);
}

/// <summary>A path, and who has it.</summary>
/// <param name="Name">As in <c>--path</c> and in the headings.</param>
/// <param name="Peers">By the names of the targets.</param>
/// <param name="Make">The path through a server that has been started.</param>
internal sealed record PathEntry(string Name, IReadOnlyList<string> Peers, Func<PathServer, Rig, BenchPath> Make)
{
    /// <summary>Whether it goes through a gateway to the upstream.</summary>
    public bool IsCall { get; init; }

    public IReadOnlyList<Target> Servers(IReadOnlyDictionary<string, string> others) =>
    [
        new GatehousePaths(Catalog.Product, Built.Gatehouse, this),
        .. others.Select(pair => new GatehousePaths($"{Catalog.Product}-{pair.Key}", pair.Value, this)),
        .. Peers.Select<string, PathServer>(name => name == "oidc-provider" ? new OidcProviderPaths(this) : new OpenIddictPaths(this)),
    ];
}
