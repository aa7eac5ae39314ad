using System.Buffers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Gatehouse.Protocol.Certificates;

/// <summary>
/// The client certificate as a proxy that ended the TLS connection hands it on (RFC 9440 §2): byte sequences of structured fields (RFC 8941
/// §3.3.5), read strictly. Whether the sender is such a proxy is decided before.
/// </summary>
public static class CertificateHeaders
{
    /// <summary>The header that holds the client's certificate.</summary>
    public const string Certificate = "Client-Cert";

    /// <summary>The header that holds what the client sent along.</summary>
    public const string Chain = "Client-Cert-Chain";

    /// <summary>The most certificates of a chain.</summary>
    public const int MaxChain = 10;

    private static readonly SearchValues<char> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    /// <summary>Reads the fields; false when they are malformed. No field is no certificate, and no fault.</summary>
    /// <param name="certificate">The field lines of <see cref="Certificate"/>.</param>
    /// <param name="chain">The field lines of <see cref="Chain"/>.</param>
    /// <param name="client">The certificate; null when there is none.</param>
    public static bool TryRead(IReadOnlyList<string?> certificate, IReadOnlyList<string?> chain, out ClientCertificate? client)
    {
        client = null;
        if (certificate.Count == 0) return chain.Count == 0; // RFC 9440 §2.3: a chain does not come alone.
        if (certificate.Count > 1 || Load(certificate[0].AsSpan().Trim(' ')) is not { } leaf) return false;
        var intermediates = new X509Certificate2Collection();
        foreach (var item in chain.SelectMany(line => (line ?? string.Empty).Split(',')))
        {
            // RFC 8941 §4.2.1: blanks and tabs may stand around the commas of a list.
            if (intermediates.Count == MaxChain || Load(item.AsSpan().Trim(" \t")) is not { } intermediate) return false;
            intermediates.Add(intermediate);
        }
        client = new ClientCertificate(leaf, intermediates);
        return true;
    }

    private static X509Certificate2? Load(ReadOnlySpan<char> item)
    {
        if (item is not [':', .. var text, ':'] || text.Length is 0 or > 16384 || text.Length % 4 != 0) return null;
        var body = text.TrimEnd('=');
        if (text.Length - body.Length > 2 || body.ContainsAnyExcept(Base64)) return null; // The decoder would pass over blanks.
        try
        {
            var der = Convert.FromBase64String(text.ToString());
            if (X509Certificate2.GetCertContentType(der) != X509ContentType.Cert) return null;
            var certificate = X509CertificateLoader.LoadCertificate(der);
            return certificate.RawDataMemory.Span.SequenceEqual(der) ? certificate : null; // DER alone, and nothing behind it.
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            return null;
        }
    }
}
