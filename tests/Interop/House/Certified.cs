using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace Gatehouse.Tests.Interop.House;

/// <summary>A key and its certificate, for a program that authenticates in the handshake (RFC 8705 §2).</summary>
internal sealed class Certified : IDisposable
{
    private readonly Key _key;

    private Certified(Key key, X509Certificate2 certificate) => (_key, Certificate) = (key, certificate);

    /// <summary>With its private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>An authority for client certificates.</summary>
    public static Certified Authority()
    {
        var key = new Key("authority");
        var request = new CertificateRequest("CN=Client authority", key.Pair, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return new Certified(key, request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(2)));
    }

    /// <summary>A client that this authority vouches for (RFC 8705 §2.1).</summary>
    public Certified Issue(string subject)
    {
        var key = new Key("certified");
        using var signed = ForClient(subject, key).Create(Certificate, Now.AddDays(-1), Now.AddDays(1), RandomNumberGenerator.GetBytes(16));
        return new Certified(key, signed.CopyWithPrivateKey(key.Pair));
    }

    /// <summary>A client that vouches for itself (RFC 8705 §2.2).</summary>
    public static Certified SelfSigned(string subject)
    {
        var key = new Key("self-signed");
        return new Certified(key, ForClient(subject, key).CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1)));
    }

    /// <summary>The public key, with the certificate in it.</summary>
    public JsonObject ToSet()
    {
        var set = _key.ToSet();
        set["keys"]![0]!["x5c"] = new JsonArray(Convert.ToBase64String(Certificate.RawData));
        return set;
    }

    /// <summary>What a program in a process of its own must know.</summary>
    public JsonObject ToJson(Credentials application) => new()
    {
        ["client_id"] = application.ClientId, ["cert"] = Certificate.ExportCertificatePem(), ["key"] = _key.Pair.ExportPkcs8PrivateKeyPem(),
    };

    public void Dispose()
    {
        Certificate.Dispose();
        _key.Dispose();
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static CertificateRequest ForClient(string subject, Key key)
    {
        var request = new CertificateRequest(subject, key.Pair, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], critical: false));
        return request;
    }
}
