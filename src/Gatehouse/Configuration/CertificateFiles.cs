using System.Security.Cryptography.X509Certificates;

namespace Gatehouse.Configuration;

/// <summary>Server certificates in PEM files.</summary>
internal static class CertificateFiles
{
    /// <exception cref="System.Security.Cryptography.CryptographicException">The files are damaged or do not belong together.</exception>
    public static X509Certificate2 Load(string certificateFile, string keyFile) => X509Certificate2.CreateFromPemFile(certificateFile, keyFile);

    /// <summary>What follows the server's own certificate in the file: the intermediates.</summary>
    public static X509Certificate2Collection LoadChain(string certificateFile)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(certificateFile);
        if (all.Count > 0) all.RemoveAt(0);
        return all;
    }
}
