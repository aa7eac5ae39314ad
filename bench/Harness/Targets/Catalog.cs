using Gatehouse.Bench.Harness.Paths;

namespace Gatehouse.Bench.Harness.Targets;

/// <summary>All targets, in the order of the tables: the product, the limits, the peers.</summary>
internal static class Catalog
{
    public const string Product = "gatehouse";

    /// <summary>What ratios refer to: the least that the job can cost when everything else is done right.</summary>
    public static string LimitOf(string job) => job == Jobs.Token ? "limit-sign" : "limit-yarp";

    public static bool NeedsUpstream(string job) => job == Jobs.Gateway || PathCatalog.Find(job) is { IsCall: true };

    public static IReadOnlyList<Target> All(string job, IReadOnlyDictionary<string, string> others) => PathCatalog.Find(job)?.Servers(others) ??
    [
        new GatehouseTarget(Product, Built.Gatehouse, job == Jobs.Gateway),
        .. others.Select(pair => Other(pair, job)),
        .. job == Jobs.Token ? TokenServers() : Gateways(),
    ];

    /// <summary>Another build of Gatehouse: the same program before or after a change.</summary>
    private static GatehouseTarget Other(KeyValuePair<string, string> pair, string job) =>
        new($"{Product}-{pair.Key}", pair.Value, job == Jobs.Gateway);

    private static Target[] TokenServers() =>
    [
        new KestrelTokenServer("limit-sign",
            "bare Kestrel and exactly one ES256 signature for each answer; checks nothing", isLimit: true),
        new KestrelTokenServer("limit-constant",
            "bare Kestrel that answers with one and the same token", isLimit: true),
        new NginxConstant(),
        new KestrelTokenServer("openiddict-degraded",
            "OpenIddict 7.8 in degraded mode: no store, the client compared with a constant", isLimit: false),
        new KestrelTokenServer("openiddict-ef",
            "OpenIddict 7.8 with Entity Framework Core on SQLite, as its documentation begins", isLimit: false),
        new OidcProvider(),
    ];

    private static Target[] Gateways() =>
    [
        new KestrelGateway("limit-yarp",
            "bare YARP: its direct forwarder on Kestrel, no check", isLimit: true),
        new KestrelGateway("limit-yarp-verify",
            "the same and exactly one ES256 verification for each call; no other check", isLimit: true),
        new KestrelGateway("limit-yarp-routed",
            "YARP with routes and clusters from its configuration, no check", isLimit: true),
        new Haproxy(isGuarded: false),
        new KestrelGateway("yarp-jwtbearer",
            "YARP behind Microsoft's JwtBearer: ES256, issuer, audience and expiry on every call", isLimit: false),
        new Haproxy(isGuarded: true),
        new NginxNjs(),
    ];
}

/// <summary>What is measured.</summary>
internal static class Jobs
{
    /// <summary>Client credentials for an ES256 access token.</summary>
    public const string Token = "token";

    /// <summary>A call with an access token, forwarded to the upstream.</summary>
    public const string Gateway = "gateway";
}
