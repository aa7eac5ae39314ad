using System.Security.Cryptography.X509Certificates;
using Gatehouse.Store.Model;

namespace Gatehouse.AuthServer;

/// <summary>Whether and how this server sees client certificates (RFC 8705). By default it sees none.</summary>
public sealed record MutualTlsRules
{
    /// <summary>Whether certificates can come at all: at a listener that asks for them, or from a trusted proxy.</summary>
    public bool IsOn { get; init; }

    /// <summary>The base address at which a client is asked for its certificate (RFC 8705 §5); null when it is the issuer itself.</summary>
    public string? Url { get; init; }

    /// <summary>Who may vouch for the certificates of <c>tls_client_auth</c>.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>The methods of client authentication that work by a certificate.</summary>
    public IReadOnlyList<string> Methods =>
        !IsOn ? [] : Authorities.Count == 0 ? [TokenEndpointAuthMethods.SelfSignedTlsClientAuth]
        : [TokenEndpointAuthMethods.TlsClientAuth, TokenEndpointAuthMethods.SelfSignedTlsClientAuth];
}
