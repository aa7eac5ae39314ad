namespace Gatehouse.Portal;

/// <summary>What the portal tells developers about the servers that they call.</summary>
public sealed record PortalOptions
{
    /// <summary>The issuer (RFC 8414 §2), such as <c>https://localhost:8443</c>.</summary>
    public required string Issuer { get; init; }

    /// <summary>The absolute URL that the token command posts to.</summary>
    public required string TokenEndpoint { get; init; }

    /// <summary>Where it posts to with a client certificate (RFC 8705 §5); null: the same URL.</summary>
    public string? MutualTlsTokenEndpoint { get; init; }

    /// <summary>The base URL of the gateway, such as <c>https://localhost:9443</c>.</summary>
    public required string ApiUrl { get; init; }

    /// <summary>The file that the commands name in <c>--cacert</c>; null when the servers' certificates are publicly trusted.</summary>
    public string? CaFile { get; init; }

    /// <summary>The call that shows an API off best, by the API's slug. An API without one is shown by its first operation.</summary>
    public IReadOnlyDictionary<string, SampleCall> SampleCalls { get; init; } = new Dictionary<string, SampleCall>();
}

/// <summary>A call that works as pasted.</summary>
/// <param name="Method">In capital letters.</param>
/// <param name="Path">From the gateway's base URL on, such as <c>/labels/domestic</c>.</param>
/// <param name="JsonBody">The JSON text to send, or null.</param>
public sealed record SampleCall(string Method, string Path, string? JsonBody = null);
