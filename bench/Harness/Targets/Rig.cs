using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Bench.Harness.Machine;

namespace Gatehouse.Bench.Harness.Targets;

/// <summary>What all targets of a run share: one certificate, one signing key, one client, one upstream, and a folder for all their files.</summary>
internal sealed class Rig : IDisposable
{
    public const string ClientId = "bench";
    public const string Issuer = "https://issuer.bench.example";
    public const string Audience = "https://api.bench.example/labels";
    public const string Scope = "labels.read";
    public const string KeyId = "bench-es256";
    public const string CallPath = "/labels/domestic";

    public Rig(string folder, int serverCpu, int loadCpu, int tokens)
    {
        (Folder, ServerCpu, LoadCpu, TokenCount) = (Directory.CreateDirectory(folder).FullName, serverCpu, loadCpu, tokens);
        WriteCertificate();
        File.WriteAllText(SigningKeyFile, SigningKey.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(VerificationKeyFile, SigningKey.ExportSubjectPublicKeyInfoPem());
    }

    public string Folder { get; }

    public int ServerCpu { get; }

    public int LoadCpu { get; }

    /// <summary>How many tokens the load rotates through.</summary>
    public int TokenCount { get; }

    public ECDsa SigningKey { get; } = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    /// <summary>Generated, as those of Gatehouse are; it needs no escaping in a form.</summary>
    public string ClientSecret { get; } = RandomNumberGenerator.GetHexString(64, lowercase: true);

    public string CertificateFile => Path.Combine(Folder, "tls.pem");

    public string CertificateKeyFile => Path.Combine(Folder, "tls.key");

    /// <summary>Certificate and key in one file, as HAProxy reads them.</summary>
    public string CombinedFile => Path.Combine(Folder, "tls.both.pem");

    public string SigningKeyFile => Path.Combine(Folder, "signing.key");

    public string VerificationKeyFile => Path.Combine(Folder, "signing.pub");

    /// <summary>Where gateways forward to; null for token servers.</summary>
    public Upstream? Upstream { get; set; }

    public string UpstreamUrl => Upstream?.Url ?? throw new InvalidOperationException("There is no upstream in this job.");

    /// <summary>A folder of one target.</summary>
    public string FolderOf(string target) => Directory.CreateDirectory(Path.Combine(Folder, target)).FullName;

    /// <summary>Speaks exactly one version of HTTP over TLS 1.3, and trusts the run's certificate only.</summary>
    public HttpClient Client(Version version)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(CertificateFile);
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            SslOptions = { CertificateChainPolicy = policy, EnabledSslProtocols = System.Security.Authentication.SslProtocols.Tls13 },
        };
        return new HttpClient(handler) { DefaultRequestVersion = version, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
    }

    public HttpClient Client() => Client(HttpVersion.Version11);

    public void Dispose() => SigningKey.Dispose();

    private void WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        File.WriteAllText(CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(CertificateKeyFile, key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(CombinedFile, $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
    }
}
