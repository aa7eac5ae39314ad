using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Gatehouse.Tests.Shared;

/// <summary>HTTP clients that trust one CA and nothing else.</summary>
internal static class TrustingHttp
{
    public static HttpClient Create(string caFile, string? bearer = null)
    {
        var client = new HttpClient(CreateHandler(caFile));
        if (bearer is not null) client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        return client;
    }

    public static SocketsHttpHandler CreateHandler(string caFile) =>
        new() { AllowAutoRedirect = false, SslOptions = { CertificateChainPolicy = Policy(caFile) } };

    /// <summary>A connection of which the test writes every byte.</summary>
    public static async Task<SslStream> ConnectAsync(string caFile, int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = Policy(caFile) });
        return stream;
    }

    private static X509ChainPolicy Policy(string caFile)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(caFile);
        return policy;
    }
}
