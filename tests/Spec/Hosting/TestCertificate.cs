using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gatehouse.Tests.Spec.Hosting;

/// <summary>A self-signed certificate for 127.0.0.1, trusted by the test's own clients alone.</summary>
internal static class TestCertificate
{
    public static X509Certificate2 Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    public static HttpClient CreateClient(
        X509Certificate2 trusted, Uri baseAddress, X509Certificate2? own = null, SslStreamCertificateContext? context = null) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        Expect100ContinueTimeout = TimeSpan.FromSeconds(30), // Whoever asks whether a body is wanted waits for the answer.
        UseCookies = false, // Whoever wants cookies keeps them: two visitors must not share a session.
        SslOptions =
        {
            RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.GetCertHashString() == trusted.GetCertHashString(),
            ClientCertificates = own is null ? null : [own], ClientCertificateContext = context,
        },
    })
    { BaseAddress = baseAddress };
}
