namespace Gatehouse.Gateway;

/// <summary>What the gateway is called and what it allows.</summary>
/// <param name="Issuer">The exact <c>iss</c> of the tokens it accepts.</param>
/// <param name="ApiUrl">The base address under which consumers call it: what a DPoP proof must name.</param>
public sealed record GatewayOptions(string Issuer, string ApiUrl)
{
    public GatewayLimits Limits { get; init; } = new();

    /// <summary>Whether client certificates can come: because the listener asks for them, or from a trusted proxy. Default: no.</summary>
    public bool SeesCertificates { get; init; }

    /// <summary>The <c>realm</c> of its challenges.</summary>
    public string Realm { get; init; } = "api";
}

/// <summary>How long the gateway waits and how much it takes.</summary>
public sealed record GatewayLimits
{
    /// <summary>How long an upstream may stay silent before the call ends with 504. Default 100 s.</summary>
    public TimeSpan UpstreamTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>How long connecting to an upstream may take before the call ends with 502. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The most verified tokens remembered. Default 100,000; about 1 KB each.</summary>
    public int RememberedTokens { get; init; } = 100_000;

    /// <summary>The largest request body that is forwarded, in bytes. Default 100 MiB.</summary>
    public long MaxRequestBody { get; init; } = 100L * 1024 * 1024;
}
