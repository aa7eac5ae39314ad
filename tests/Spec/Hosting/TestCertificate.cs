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

    /// <summary>For 127.0.0.1, by an authority that nobody knows and whose certificate is said to be had at an address (RFC 5280 §4.2.2.1).</summary>
    public static X509Certificate2 CreateNamingIssuerAt(string url)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authority = new CertificateRequest("CN=Unknown authority", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var issuer = authority.CreateSelfSigned(now.AddDays(-1), now.AddDays(2));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(ocspUris: null, caIssuersUris: [url]));
        using var leaf = request.Create(issuer, now.AddDays(-1), now.AddDays(1), [1, 2, 3, 4]);
        return leaf.CopyWithPrivateKey(key);
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
