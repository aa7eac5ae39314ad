using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Protocol.Certificates;

namespace Gatehouse.Tests.Protocol.Certificates;

/// <summary>Whom a certificate must name (RFC 8705 §2.1.2, RFC 5280 §4.2.1.6).</summary>
public sealed class CertificateSubjectTests
{
    [Theory]
    [InlineData("tls_client_auth_subject_dn=CN=client,O=Example", CertificateSubjectKind.DistinguishedName, "CN=client,O=Example")]
    [InlineData("tls_client_auth_san_dns=a.example", CertificateSubjectKind.DnsName, "a.example")]
    [InlineData("tls_client_auth_san_uri=https://a.example/?x=1", CertificateSubjectKind.Uri, "https://a.example/?x=1")]
    [InlineData("tls_client_auth_san_ip=192.0.2.1", CertificateSubjectKind.IpAddress, "192.0.2.1")]
    [InlineData("tls_client_auth_san_email=a@b.example", CertificateSubjectKind.Email, "a@b.example")]
    public void It_is_written_as_the_member_of_the_metadata_that_holds_it(string text, CertificateSubjectKind kind, string value)
    {
        var subject = CertificateSubject.Read(text)!;
        Assert.Equal(new CertificateSubject(kind, value), subject);
        Assert.Equal(text, subject.Write());
        Assert.Equal(text.Split('=')[0], subject.Member);
        Assert.Equal([subject], CertificateSubject.Collect(name => name == subject.Member ? value : null));
    }

    [Fact]
    public void What_is_none_is_not_read()
    {
        Assert.Null(CertificateSubject.Read(string.Empty));
        Assert.Null(CertificateSubject.Read("tls_client_auth_san_dns"));
        Assert.Null(CertificateSubject.Read("other=a"));
        Assert.Empty(CertificateSubject.Collect(_ => null));
        Assert.Equal(5, CertificateSubject.Collect(_ => "a").Count);
    }

    [Theory]
    [InlineData(CertificateSubjectKind.DistinguishedName, "CN=client,O=Example", null)]
    [InlineData(CertificateSubjectKind.DistinguishedName, "client", "RFC 4514")]
    [InlineData(CertificateSubjectKind.DnsName, "a.example", null)]
    [InlineData(CertificateSubjectKind.DnsName, "*.example", "wildcard")]
    [InlineData(CertificateSubjectKind.DnsName, "192.0.2.1", "host name")]
    [InlineData(CertificateSubjectKind.Uri, "spiffe://a.example/x", null)]
    [InlineData(CertificateSubjectKind.Uri, "a", "absolute URI")]
    [InlineData(CertificateSubjectKind.IpAddress, "192.0.2.1", null)]
    [InlineData(CertificateSubjectKind.IpAddress, "2001:db8::1", null)]
    [InlineData(CertificateSubjectKind.IpAddress, "a.example", "IPv4 or IPv6")]
    [InlineData(CertificateSubjectKind.Email, "a@b.example", null)]
    [InlineData(CertificateSubjectKind.Email, "b.example", "e-mail")]
    [InlineData(CertificateSubjectKind.Email, "@b.example", "e-mail")]
    [InlineData(CertificateSubjectKind.Email, "a@", "e-mail")]
    [InlineData(CertificateSubjectKind.Email, "a@b@c", "e-mail")]
    [InlineData(CertificateSubjectKind.Email, "é@b.example", "e-mail")]
    [InlineData(CertificateSubjectKind.Email, "", "1 to 512")]
    [InlineData(CertificateSubjectKind.Uri, "https://a.example/\n", "1 to 512")]
    public void What_is_wrong_with_a_name_is_told_in_words(CertificateSubjectKind kind, string value, string? word)
    {
        var fault = new CertificateSubject(kind, value).Fault();
        if (word is null) Assert.Null(fault);
        else Assert.Contains(word, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_has_up_to_512_characters()
    {
        Assert.Null(new CertificateSubject(CertificateSubjectKind.Uri, "https://a.example/".PadRight(512, 'x')).Fault());
        Assert.NotNull(new CertificateSubject(CertificateSubjectKind.Uri, "https://a.example/".PadRight(513, 'x')).Fault());
    }

    [Theory]
    [InlineData(CertificateSubjectKind.DistinguishedName, "CN=client,O=Example", true)]
    [InlineData(CertificateSubjectKind.DistinguishedName, "CN=client", false)]
    [InlineData(CertificateSubjectKind.DistinguishedName, "nonsense", false)]
    [InlineData(CertificateSubjectKind.DnsName, "one.example", true)]
    [InlineData(CertificateSubjectKind.DnsName, "two.example", true)]
    [InlineData(CertificateSubjectKind.DnsName, "TWO.example", true)]
    [InlineData(CertificateSubjectKind.DnsName, "client", false)] // The common name.
    [InlineData(CertificateSubjectKind.DnsName, "a.wild.example", false)]
    [InlineData(CertificateSubjectKind.DnsName, "https://one.example/x", false)] // That is the URI.
    [InlineData(CertificateSubjectKind.Uri, "https://one.example/x", true)]
    [InlineData(CertificateSubjectKind.Uri, "https://one.example/X", false)]
    [InlineData(CertificateSubjectKind.Uri, "one.example", false)]
    [InlineData(CertificateSubjectKind.IpAddress, "192.0.2.1", true)]
    [InlineData(CertificateSubjectKind.IpAddress, "2001:db8:0::1", true)]
    [InlineData(CertificateSubjectKind.IpAddress, "192.0.2.2", false)]
    [InlineData(CertificateSubjectKind.IpAddress, "one.example", false)]
    [InlineData(CertificateSubjectKind.Email, "One@mail.example", true)]
    [InlineData(CertificateSubjectKind.Email, "One@MAIL.example", true)]
    [InlineData(CertificateSubjectKind.Email, "one@mail.example", false)]
    [InlineData(CertificateSubjectKind.Email, "One@other.example", false)]
    [InlineData(CertificateSubjectKind.Email, "One", false)]
    public void The_certificate_names_exactly_this_owner(CertificateSubjectKind kind, string value, bool isNamed)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("one.example");
        names.AddDnsName("two.example");
        names.AddDnsName("*.wild.example");
        names.AddUri(new Uri("https://one.example/x"));
        names.AddIpAddress(IPAddress.Parse("192.0.2.1"));
        names.AddIpAddress(IPAddress.Parse("2001:db8::1"));
        names.AddEmailAddress("One@mail.example");
        using var certificate = TestCertificate.Of("CN=client,O=Example", names.Build());
        Assert.Equal(isNamed, new CertificateSubject(kind, value).Matches(certificate));
    }

    [Fact]
    public void Without_alternative_names_nobody_is_named_by_one()
    {
        using var certificate = TestCertificate.Of("CN=one.example");
        Assert.False(new CertificateSubject(CertificateSubjectKind.DnsName, "one.example").Matches(certificate));
    }

    [Fact]
    public void Of_two_lists_of_names_none_counts_nor_does_a_broken_one()
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("one.example");
        var list = names.Build();
        var subject = new CertificateSubject(CertificateSubjectKind.DnsName, "one.example");
        using (var once = TestCertificate.Of("CN=a", list)) Assert.True(subject.Matches(once));
        using (var broken = TestCertificate.Of("CN=a", new X509Extension("2.5.29.17", [.. list.RawData[..^1]], false))) Assert.False(subject.Matches(broken));
        using (var other = TestCertificate.Of("CN=a", new X509Extension("1.2.3.4", list.RawData, false))) Assert.False(subject.Matches(other));
    }

    [Fact]
    public void A_name_beyond_ASCII_is_nobodys()
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence()) writer.WriteOctetString([0x61, 0xE9], new Asn1Tag(TagClass.ContextSpecific, 2));
        using var certificate = TestCertificate.Of("CN=a", new X509Extension("2.5.29.17", writer.Encode(), false));
        Assert.False(new CertificateSubject(CertificateSubjectKind.DnsName, "a?").Matches(certificate));
    }
}

/// <summary>Self-signed certificates of one key.</summary>
internal static class TestCertificate
{
    private static readonly ECDsa Key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public static X509Certificate2 Of(string subject, params X509Extension[] extensions)
    {
        var request = new CertificateRequest(subject, Key, HashAlgorithmName.SHA256);
        foreach (var extension in extensions) request.CertificateExtensions.Add(extension);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }
}
