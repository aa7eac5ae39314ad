using System.Security.Cryptography.X509Certificates;

namespace Gatehouse.Configuration;

/// <summary>Server certificates in PEM files.</summary>
internal static class CertificateFiles
{
    /// <exception cref="System.Security.Cryptography.CryptographicException">The files are damaged or do not belong together.</exception>
    public static X509Certificate2 Load(string certificateFile, string keyFile) => X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
}
