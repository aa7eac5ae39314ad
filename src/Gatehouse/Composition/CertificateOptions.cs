using System.Net;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.AuthServer;

namespace Gatehouse.Composition;

/// <summary>Where client certificates come from and who vouches for them. By default none are seen.</summary>
public sealed record CertificateOptions
{
    /// <summary>Where auth listens and asks for a client certificate; null: nowhere.</summary>
    public IPEndPoint? EndPoint { get; init; }

    /// <summary>The base address of that listener, or of a trusted proxy that asks for one: an https URL without a trailing slash.</summary>
    public string? Url { get; init; }

    /// <summary>Whether the gateway's listener asks for a client certificate. A browser that has one would ask its user.</summary>
    public bool IsAskedAtGateway { get; init; }

    /// <summary>Who may vouch for certificates by which applications authenticate.</summary>
    public X509Certificate2Collection Authorities { get; init; } = [];

    /// <summary>
    /// From where a certificate is taken out of headers (RFC 9440). Whoever calls from there can be every client, so such a proxy must replace
    /// these headers in whatever passes it.
    /// </summary>
    public IReadOnlyList<IPNetwork> Proxies { get; init; } = [];

    /// <summary>What the authorization server is told.</summary>
    public MutualTlsRules Rules => new() { IsOn = EndPoint is not null || Proxies.Count > 0, Url = Url, Authorities = Authorities };

    public bool AreSeenAtGateway => IsAskedAtGateway || Proxies.Count > 0;
}
