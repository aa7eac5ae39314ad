using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Certificates;

namespace Gatehouse.Tests.Protocol.Certificates;

/// <summary>The certificate that a proxy hands on (RFC 9440 §2), as byte sequences of RFC 8941 §3.3.5.</summary>
public sealed class CertificateHeadersTests
{
    private static readonly X509Certificate2 Leaf = TestCertificate.Of("CN=client");
    private static readonly X509Certificate2 Issuer = TestCertificate.Of("CN=issuer");

    [Fact]
    public void The_certificate_and_its_chain_are_read()
    {
        Assert.True(CertificateHeaders.TryRead([" " + Field(Leaf) + " "], [$"{Field(Issuer)} ,\t{Field(Leaf)}", Field(Issuer)], out var client));
        Assert.Equal(Leaf.RawData, client!.Certificate.RawData);
        Assert.Equal(["CN=issuer", "CN=client", "CN=issuer"], client.Intermediates.Select(one => one.Subject));
        Assert.Equal(new Confirmation(ConfirmationMethod.Certificate, Base64Url.EncodeToString(SHA256.HashData(Leaf.RawData))), client.Confirmation);
        Assert.Equal(("Client-Cert", "Client-Cert-Chain"), (CertificateHeaders.Certificate, CertificateHeaders.Chain));
    }

    [Fact]
    public void No_field_is_no_certificate_and_a_chain_does_not_come_alone()
    {
        Assert.True(CertificateHeaders.TryRead([], [], out var client));
        Assert.Null(client);
        Assert.False(CertificateHeaders.TryRead([], [Field(Issuer)], out _));
        Assert.True(CertificateHeaders.TryRead([Field(Leaf)], [], out client));
        Assert.Empty(client!.Intermediates);
        Assert.False(CertificateHeaders.TryRead([Field(Leaf), Field(Leaf)], [], out client));
        Assert.Null(client);
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(11, false)]
    public void A_chain_has_up_to_10(int count, bool isRead) =>
        Assert.Equal(isRead, CertificateHeaders.TryRead([Field(Leaf)], [string.Join(',', Enumerable.Repeat(Field(Issuer), count))], out _));

    public static TheoryData<string?> Broken
    {
        get
        {
            var text = Convert.ToBase64String(Leaf.RawData);
            return new TheoryData<string?>(
                null, string.Empty, ":", "::", ":AAAA:", ":A:", text, $":{text}", $"{text}:", $":{text}:;a=1", $":{text} :", $": {text[..^1]}:", $":{text}====:",
                $":{text[..8]}\n{text[8..]}:", $":{text.TrimEnd('=')}A:", $":{Convert.ToBase64String([.. Leaf.RawData, 0])}:",
                $":{Convert.ToBase64String(Leaf.RawData.AsSpan(1))}:", $":{Convert.ToBase64String(Leaf.Export(X509ContentType.Pkcs12))}:",
                $":{Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(Leaf.ExportCertificatePem()))}:", $":{new string('A', 16388)}:");
        }
    }

    [Theory, MemberData(nameof(Broken), DisableDiscoveryEnumeration = true)]
    public void What_is_not_the_DER_of_one_certificate_is_refused(string? field)
    {
        Assert.False(CertificateHeaders.TryRead([field], [], out var client));
        Assert.False(CertificateHeaders.TryRead([Field(Leaf)], [field], out _));
        Assert.Null(client);
    }

    private static string Field(X509Certificate2 certificate) => $":{Convert.ToBase64String(certificate.RawData)}:";
}
