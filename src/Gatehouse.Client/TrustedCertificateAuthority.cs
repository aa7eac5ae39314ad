using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gatehouse.Client;

/// <summary>A private certificate authority to trust instead of the system's. Host name, validity and purpose of a server's certificate
/// are checked as ever. Revocation is not: a private authority seldom publishes it.</summary>
public sealed class TrustedCertificateAuthority
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";
    private readonly X509Certificate2Collection _certificates;

    private TrustedCertificateAuthority(X509Certificate2Collection certificates) => _certificates = certificates;

    /// <summary>Reads the authority's certificate, or several, from a PEM file.</summary>
    /// <param name="path">The file; it needs no private key.</param>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="CryptographicException">It holds no certificate.</exception>
    public static TrustedCertificateAuthority FromPemFile(string path)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPemFile(path);
        return certificates.Count > 0
            ? new TrustedCertificateAuthority(certificates)
            : throw new CryptographicException($"{path} holds no PEM certificate.");
    }

    /// <summary>Trusts a certificate that is already in memory. It must not be disposed while connections are made.</summary>
    public static TrustedCertificateAuthority FromCertificate(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return new TrustedCertificateAuthority([certificate]);
    }

    /// <summary>A new handler that trusts this authority and does not follow redirects: what goes below <see
    /// cref="AccessTokenHandler"/>.</summary>
    public SocketsHttpHandler CreateHandler() => CreateHandler(this);

    internal static SocketsHttpHandler CreateHandler(TrustedCertificateAuthority? authority)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        if (authority is not null)
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = authority.ChainPolicy() };
        return handler;
    }

    // A policy and not a validation callback: a callback would have to repeat the host name check, and could forget it.
    private X509ChainPolicy ChainPolicy()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(_certificates);
        policy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        return policy;
    }
}
