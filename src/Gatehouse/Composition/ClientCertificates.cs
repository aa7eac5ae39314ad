using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Protocol.Certificates;
using Microsoft.AspNetCore.Connections;

namespace Gatehouse.Composition;

/// <summary>
/// The one place that says which client certificate a request has: that of its TLS connection; or, from a proxy that is trusted with it, the one
/// that its header names (RFC 9440), and then nothing else. From everybody else these headers are dropped before anything reads them.
/// </summary>
internal static class ClientCertificates
{
    /// <summary>
    /// Asks in the handshake, and lets every certificate or none pass: whose it is and what it is worth is decided per request. It is never
    /// asked for later (TLS 1.3 forbids that over HTTP/2), so a connection has the certificate that it began with.
    /// </summary>
    public static void Ask(ConnectionContext connection, SslServerAuthenticationOptions tls)
    {
        tls.ClientCertificateRequired = true;
        tls.AllowRenegotiation = false;
        tls.AllowTlsResume = false; // A resumed session would not show again what was sent along with the certificate.
        // A chain is built on the way, for nothing: it must not make this server call the addresses that a stranger's certificate names.
        tls.CertificateRevocationCheckMode = X509RevocationMode.NoCheck;
        tls.CertificateChainPolicy = new X509ChainPolicy { DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck };
#pragma warning disable CA5359 // Every client certificate passes here on purpose: see above.
        tls.RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
        {
            if (certificate is not null) Remember(connection, certificate, chain);
            return true;
        };
#pragma warning restore CA5359
    }

    public static void UseClientCertificates(this IApplicationBuilder app, IReadOnlyList<IPNetwork> proxies) => app.Use((http, next) =>
    {
        var headers = http.Request.Headers;
        if (proxies.Count > 0 && IsTrusted(http.Connection.RemoteIpAddress, proxies))
        {
            if (!CertificateHeaders.TryRead(headers[CertificateHeaders.Certificate], headers[CertificateHeaders.Chain], out var handedOn))
            {
                http.Response.StatusCode = StatusCodes.Status400BadRequest;
                return Task.CompletedTask;
            }
            http.Features.Set(handedOn);
        }
        else if (http.Features[typeof(Handshake)] is Handshake handshake)
        {
            http.Features.Set(handshake.Certificate);
        }
        headers.Remove(CertificateHeaders.Certificate);
        headers.Remove(CertificateHeaders.Chain);
        return next(http);
    });

    // Copies: the handshake disposes of its own.
    private static void Remember(ConnectionContext connection, X509Certificate certificate, X509Chain? chain)
    {
        var sentAlong = new X509Certificate2Collection();
        foreach (var one in (chain?.ChainPolicy.ExtraStore ?? []).Take(CertificateHeaders.MaxChain))
            sentAlong.Add(X509CertificateLoader.LoadCertificate(one.RawDataMemory.Span));
        connection.Features.Set(new Handshake(new ClientCertificate(X509CertificateLoader.LoadCertificate(certificate.GetRawCertData()), sentAlong)));
    }

    private static bool IsTrusted(IPAddress? source, IReadOnlyList<IPNetwork> proxies)
    {
        if (source is null) return false;
        var plain = source.IsIPv4MappedToIPv6 ? source.MapToIPv4() : source;
        return proxies.Any(network => network.Contains(plain));
    }

    private sealed record Handshake(ClientCertificate Certificate);
}
