using System.Security.Cryptography.X509Certificates;
using Gatehouse.AuthServer.Remote;
using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.Certificates;
using Gatehouse.Store.Model;
using Gatehouse.Store.Registry;

namespace Gatehouse.AuthServer.ClientAuthentication;

/// <summary>
/// Authenticates an application by the client certificate of its connection (RFC 8705 §2): one that an authority of the operator vouches for
/// and that names the application, or one that the application registered itself.
/// </summary>
public sealed class CertificateAuthentication(AuthServerOptions options, ApplicationKeys keys, TimeProvider clock)
{
    private const string ClientAuthenticationUsage = "1.3.6.1.5.5.7.3.2";

    /// <param name="application">The application, which is registered for one of these methods.</param>
    /// <param name="certificate">The certificate of the connection, if there is one.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public async ValueTask<OAuthFailure?> VerifyAsync(RegisteredApplication application, ClientCertificate? certificate, CancellationToken cancellation)
    {
        if (!options.MutualTls.Methods.Contains(application.TokenEndpointAuthMethod)) return OAuthFailure.NoCertificatesHere;
        if (certificate is null) return OAuthFailure.NoCertificate;
        return application.TokenEndpointAuthMethod == TokenEndpointAuthMethods.TlsClientAuth
            ? VerifyNamed(application, certificate) : await VerifyRegisteredAsync(application, certificate.Certificate, cancellation);
    }

    private OAuthFailure? VerifyNamed(RegisteredApplication application, ClientCertificate certificate)
    {
        if (application.CertificateSubject?.Matches(certificate.Certificate) != true)
            return OAuthFailure.WrongCertificate("It does not carry the registered name.");
        return IsVouchedFor(certificate) ? null : OAuthFailure.WrongCertificate(
            "No client authority of this server vouches for it, or it is expired, not valid yet, or not for client authentication.");
    }

    // Nothing is fetched: whoever made the certificate could else make this server call an address of their choice. So nothing is asked
    // about revocation either; taking the application's method or name away ends what a stolen certificate can do.
    private bool IsVouchedFor(ClientCertificate certificate)
    {
        using var chain = new X509Chain();
        var policy = chain.ChainPolicy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.AddRange(options.MutualTls.Authorities);
        policy.ExtraStore.AddRange(certificate.Intermediates);
        policy.RevocationMode = X509RevocationMode.NoCheck;
        policy.DisableCertificateDownloads = true;
        policy.VerificationTimeIgnored = false;
        policy.VerificationTime = clock.GetUtcNow().UtcDateTime;
        policy.ApplicationPolicy.Add(new(ClientAuthenticationUsage));
        var isGood = chain.Build(certificate.Certificate);
        foreach (var element in chain.ChainElements) element.Certificate.Dispose();
        return isGood;
    }

    // The second look lets a set that is published by URL be fetched anew when it holds nothing of this name, as for an unknown kid.
    private async ValueTask<OAuthFailure?> VerifyRegisteredAsync(
        RegisteredApplication application, X509Certificate2 certificate, CancellationToken cancellation) =>
        (await keys.FindAsync(application, kid: null, cancellation)).Holds(certificate)
        || (await keys.FindAsync(application, certificate.Thumbprint, cancellation)).Holds(certificate)
            ? null : OAuthFailure.WrongCertificate("It is none of the application's registered certificates, and not of one of its registered keys.");
}
