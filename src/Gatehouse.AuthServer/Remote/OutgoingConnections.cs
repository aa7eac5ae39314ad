using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Protocol.Vocabulary;

namespace Gatehouse.AuthServer.Remote;

/// <summary>
/// Connects to addresses that applications registered: over TLS, without redirects, and to public addresses only. The address that is
/// checked is the one that is connected to.
/// </summary>
internal sealed class OutgoingConnections(OutgoingRules rules)
{
    /// <param name="timeout">For everything from the name to the last byte of the answer.</param>
    /// <param name="maxBytes">The largest answer.</param>
    public HttpClient CreateClient(TimeSpan timeout, int maxBytes)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseProxy = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 16, PooledConnectionLifetime = TimeSpan.FromMinutes(1), ConnectCallback = ConnectAsync,
        };
        handler.SslOptions.CertificateChainPolicy = NoDownloads(X509ChainTrustMode.System);
        if (rules.TrustedAuthorities.Count > 0) handler.SslOptions.RemoteCertificateValidationCallback = IsTrusted;
        return new HttpClient(handler) { Timeout = timeout, MaxResponseContentBufferSize = maxBytes };
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var (host, port) = (context.DnsEndPoint.Host, context.DnsEndPoint.Port);
        var addresses = (await Dns.GetHostAddressesAsync(host, cancellation)).Where(address => rules.AllowPrivateAddresses || NetworkReach.IsPublic(address)).ToArray();
        if (addresses.Length == 0) throw new HttpRequestException($"{host} has no public address.");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // A certificate may name where its authority's is had (authorityInfoAccess, RFC 5280 §4.2.2.1). Fetched from there, every peer could make us
    // call any address over plain HTTP, past all that is checked here. A server sends its chain (RFC 8446 §4.4.2).
    private static X509ChainPolicy NoDownloads(X509ChainTrustMode trust) => new()
    {
        TrustMode = trust, DisableCertificateDownloads = true, RevocationMode = X509RevocationMode.NoCheck,
    };

    // The name and the times must hold whoever signed: only an unknown authority may be one of ours.
    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None) return true;
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 leaf) return false;
        using var own = new X509Chain { ChainPolicy = NoDownloads(X509ChainTrustMode.CustomRootTrust) };
        own.ChainPolicy.CustomTrustStore.AddRange(rules.TrustedAuthorities);
        if (chain is not null) own.ChainPolicy.ExtraStore.AddRange(chain.ChainElements.Select(element => element.Certificate).ToArray());
        return own.Build(leaf);
    }
}
