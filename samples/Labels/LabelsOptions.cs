namespace Labels;

/// <summary>What a host decides about the Labels API.</summary>
public sealed record LabelsOptions
{
    /// <summary>Where to listen: <c>http</c> on a loopback address, nothing else. Port 0, the default, takes any free port.</summary>
    public Uri Url { get; init; } = new("http://127.0.0.1:0");

    /// <summary>The token endpoint that the OpenAPI document names (RFC 6749 §3.2). Default: that of a local gatehouse.</summary>
    public Uri TokenUrl { get; init; } = new("https://localhost:8443/as/token.oauth2");

    /// <summary>How many labels are remembered, 1 or more; the oldest is forgotten first. Default: 10,000.</summary>
    public int Capacity { get; init; } = 10_000;
}
