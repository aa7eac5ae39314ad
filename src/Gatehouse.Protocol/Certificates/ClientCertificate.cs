using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Protocol.AccessTokens;

namespace Gatehouse.Protocol.Certificates;

/// <summary>
/// The certificate whose key the client proved in the TLS handshake. Whether anybody vouches for it is another question: a self-signed one is
/// taken too (RFC 8705 §2.2, §3).
/// </summary>
/// <param name="certificate">The certificate.</param>
/// <param name="intermediates">What was sent along: proved by nothing, useful to find a way to an authority.</param>
public sealed class ClientCertificate(X509Certificate2 certificate, X509Certificate2Collection intermediates)
{
    public X509Certificate2 Certificate { get; } = certificate;

    public X509Certificate2Collection Intermediates { get; } = intermediates;

    /// <summary>What is bound to it: <c>x5t#S256</c> (RFC 8705 §3.1).</summary>
    public Confirmation Confirmation { get; } =
        new(ConfirmationMethod.Certificate, Base64Url.EncodeToString(SHA256.HashData(certificate.RawDataMemory.Span)));
}
