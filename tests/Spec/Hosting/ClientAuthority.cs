using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gatehouse.Tests.Spec.Hosting;

/// <summary>A certificate authority for clients, and the certificates that nobody signed.</summary>
internal sealed class ClientAuthority
{
    public const string Subject = "CN=client,O=Example,C=CH";

    private readonly X509Certificate2? _above;

    private ClientAuthority(X509Certificate2 certificate, X509Certificate2? above = null) => (Certificate, _above) = (certificate, above);

    public X509Certificate2 Certificate { get; }

    public static ClientAuthority Create(string name = "CN=Client authority")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new ClientAuthority(Authority(name, key).CreateSelfSigned(Now.AddDays(-2), Now.AddDays(30)));
    }

    /// <summary>An authority below this one.</summary>
    public ClientAuthority Below(string name = "CN=Intermediate")
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = Authority(name, key).Create(Certificate, Now.AddDays(-2), Now.AddDays(20), RandomNumberGenerator.GetBytes(16));
        return new ClientAuthority(signed.CopyWithPrivateKey(key), Certificate);
    }

    /// <summary>A certificate with its key.</summary>
    public X509Certificate2 Issue(string subject = Subject, Action<SubjectAlternativeNameBuilder>? names = null, int daysLeft = 10, string usage = "1.3.6.1.5.5.7.3.2")
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        if (names is not null)
        {
            var builder = new SubjectAlternativeNameBuilder();
            names(builder);
            request.CertificateExtensions.Add(builder.Build());
        }
        using var signed = request.Create(Certificate, Now.AddDays(-2), Now.AddDays(daysLeft), RandomNumberGenerator.GetBytes(16));
        return signed.CopyWithPrivateKey(key);
    }

    /// <summary>What a client of this authority shows when it sends the authority's certificate along.</summary>
    public SslStreamCertificateContext WithChain(X509Certificate2 certificate) =>
        SslStreamCertificateContext.Create(certificate, _above is null ? [] : [Certificate], offline: true);

    public static X509Certificate2 SelfSigned(string subject = Subject, int daysLeft = 10, ECDsa? key = null)
    {
        var request = new CertificateRequest(subject, key ?? ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(Now.AddDays(-2), Now.AddDays(daysLeft));
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static CertificateRequest Authority(string name, ECDsa key)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }
}
