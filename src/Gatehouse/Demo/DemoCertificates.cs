using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Composition;
using Gatehouse.Configuration;

namespace Gatehouse.Demo;

/// <summary>
/// A private CA and a server certificate for localhost, *.localhost, 127.0.0.1 and ::1. The CA's key is thrown away after it has signed: the
/// file that people are asked to trust can never sign anything else.
/// </summary>
internal static class DemoCertificates
{
    private static readonly TimeSpan CaLifetime = TimeSpan.FromDays(825);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    public static string CaFileIn(string folder) => Path.Combine(folder, "tls", "ca.pem");

    /// <summary>The server certificate; both are made anew when missing or about to expire.</summary>
    public static X509Certificate2 Open(string folder, TimeProvider clock)
    {
        var (ca, server, key) = (CaFileIn(folder), Path.Combine(folder, "tls", "server.pem"), Path.Combine(folder, "tls", "server.key"));
        Directory.CreateDirectory(Path.Combine(folder, "tls"));
        if (!File.Exists(ca) || !File.Exists(server) || !File.Exists(key) || IsStale(server, clock)) Create(ca, server, key, clock.GetUtcNow());
        return Load(folder);
    }

    /// <summary>The server certificate that is there.</summary>
    /// <exception cref="StartRefusedException">There is none, or it is damaged.</exception>
    public static X509Certificate2 Load(string folder)
    {
        var tls = Path.Combine(folder, "tls");
        try
        {
            return CertificateFiles.Load(Path.Combine(tls, "server.pem"), Path.Combine(tls, "server.key"));
        }
        catch (Exception exception) when (exception is CryptographicException or IOException)
        {
            throw new StartRefusedException($"The certificate in {tls} is missing or damaged. Delete that folder; the demo makes a new one.", exception);
        }
    }

    private static bool IsStale(string server, TimeProvider clock)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificateFromFile(server);
            return certificate.NotAfter.ToUniversalTime() < clock.GetUtcNow() + RenewBefore;
        }
        catch (CryptographicException)
        {
            return true;
        }
    }

    private static void Create(string caFile, string serverFile, string keyFile, DateTimeOffset now)
    {
        using var caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var caRequest = new CertificateRequest("CN=Gatehouse demo CA", caKey, HashAlgorithmName.SHA256);
        caRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, 0, critical: true));
        caRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        caRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(caRequest.PublicKey, critical: false));
        caRequest.CertificateExtensions.Add(OnlyLocalNames());
        using var ca = caRequest.CreateSelfSigned(now.AddMinutes(-5), now + CaLifetime);

        using var serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var server = SignServer(serverKey, ca, now);
        File.WriteAllText(caFile, ca.ExportCertificatePem() + "\n");
        File.WriteAllText(serverFile, server.ExportCertificatePem() + "\n");
        DataFolder.WriteSecret(keyFile, serverKey.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private static X509Certificate2 SignServer(ECDsa key, X509Certificate2 ca, DateTimeOffset now)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddDnsName("*.localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(ca, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        return request.Create(ca, now.AddMinutes(-5), ca.NotAfter.ToUniversalTime(), RandomNumberGenerator.GetBytes(16));
    }

    // RFC 5280 §4.2.1.10: even with its key, this CA could vouch for nothing but this machine.
    private static X509Extension OnlyLocalNames()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSequence(new Asn1Tag(TagClass.ContextSpecific, 0, isConstructed: true)))
        {
            WriteSubtree(writer, 2, "localhost"u8);
            WriteSubtree(writer, 7, [127, 0, 0, 0, 255, 0, 0, 0]);
            WriteSubtree(writer, 7, [.. IPAddress.IPv6Loopback.GetAddressBytes(), .. Enumerable.Repeat<byte>(255, 16)]);
        }
        return new X509Extension("2.5.29.30", writer.Encode(), critical: true);
    }

    private static void WriteSubtree(AsnWriter writer, int nameType, ReadOnlySpan<byte> value)
    {
        using (writer.PushSequence()) writer.WriteOctetString(value, new Asn1Tag(TagClass.ContextSpecific, nameType));
    }
}
