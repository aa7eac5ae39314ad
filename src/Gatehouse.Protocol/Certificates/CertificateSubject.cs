using System.Formats.Asn1;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Gatehouse.Protocol.Certificates;

/// <summary>Where in a certificate its owner's name is looked for; each is a member of the client metadata (RFC 8705 §2.1.2).</summary>
public enum CertificateSubjectKind
{
    DistinguishedName,
    DnsName,
    Uri,
    IpAddress,
    Email,
}

/// <summary>Whom a certificate must name to be an application's (RFC 8705 §2.1): the subject, or one entry of the alternative names.</summary>
/// <param name="Kind">Where the name stands.</param>
/// <param name="Value">The name as it is registered.</param>
public sealed record CertificateSubject(CertificateSubjectKind Kind, string Value)
{
    /// <summary>The most characters of a name.</summary>
    public const int MaxLength = 512;

    private const string AlternativeNames = "2.5.29.17";

    // RFC 5280 §4.2.1.6, by CertificateSubjectKind.
    private static readonly Asn1Tag[] Tags = [default, Choice(2), Choice(6), Choice(7), Choice(1)];

    /// <summary>The members of the client metadata, by <see cref="CertificateSubjectKind"/>.</summary>
    public static IReadOnlyList<string> Members { get; } =
        ["tls_client_auth_subject_dn", "tls_client_auth_san_dns", "tls_client_auth_san_uri", "tls_client_auth_san_ip", "tls_client_auth_san_email"];

    /// <summary>The member of the client metadata that holds it.</summary>
    public string Member => Members[(int)Kind];

    /// <summary>Those that are there, out of a source of members.</summary>
    public static IReadOnlyList<CertificateSubject> Collect(Func<string, string?> member) =>
        [.. Members.Select((name, kind) => member(name) is { } value ? new CertificateSubject((CertificateSubjectKind)kind, value) : null)
            .OfType<CertificateSubject>()];

    /// <summary>Reads what <see cref="Write"/> wrote; null for an empty text.</summary>
    public static CertificateSubject? Read(string text) =>
        text.Split('=', 2) is [var member, var value] && Members.ToList().IndexOf(member) is var kind and >= 0
            ? new CertificateSubject((CertificateSubjectKind)kind, value) : null;

    public string Write() => $"{Member}={Value}";

    /// <summary>What is wrong with the registered name; null when nothing is.</summary>
    public string? Fault()
    {
        if (Value.Length is 0 or > MaxLength || Value.Any(char.IsControl)) return $"Give 1 to {MaxLength} printable characters.";
        return Kind switch
        {
            CertificateSubjectKind.DistinguishedName =>
                DistinguishedName.TryParse(Value, out _) ? null : "Give a distinguished name as RFC 4514 writes it, such as CN=client,O=Example,C=CH.",
            CertificateSubjectKind.DnsName => System.Uri.CheckHostName(Value) == UriHostNameType.Dns ? null : "Give a host name; a wildcard is none.",
            CertificateSubjectKind.Uri => System.Uri.TryCreate(Value, UriKind.Absolute, out _) ? null : "Give an absolute URI.",
            CertificateSubjectKind.IpAddress => IPAddress.TryParse(Value, out _) ? null : "Give an IPv4 or IPv6 address.",
            _ => Value.Split('@') is [{ Length: > 0 }, { Length: > 0 }] && Value.All(char.IsAscii) ? null : "Give an e-mail address in ASCII.",
        };
    }

    /// <summary>True when the certificate names exactly this owner. The common name is never taken for an alternative name, nor a wildcard for a name.</summary>
    public bool Matches(X509Certificate2 certificate)
    {
        if (Kind == CertificateSubjectKind.DistinguishedName)
        {
            return DistinguishedName.TryParse(Value, out var expected)
                && DistinguishedName.TryRead(certificate.SubjectName.RawData, out var presented) && expected.Equals(presented);
        }
        // RFC 5280 §4.2: an extension stands once; which of two would count nobody can say.
        var extensions = certificate.Extensions.Where(extension => extension.Oid?.Value == AlternativeNames).ToList();
        return extensions is [var only] && NamesIn(only.RawData).Any(IsSame);
    }

    private static Asn1Tag Choice(int number) => new(TagClass.ContextSpecific, number);

    private List<byte[]> NamesIn(byte[] extension)
    {
        var (names, tag) = (new List<byte[]>(), Tags[(int)Kind]);
        try
        {
            var reader = new AsnReader(extension, AsnEncodingRules.DER).ReadSequence();
            while (reader.HasData)
            {
                if (reader.PeekTag() == tag) names.Add(reader.ReadOctetString(tag)); // The strings are implicitly tagged (RFC 5280 §4.2.1.6).
                else reader.ReadEncodedValue();
            }
            return names;
        }
        catch (AsnContentException)
        {
            return [];
        }
    }

    private bool IsSame(byte[] name)
    {
        if (Kind == CertificateSubjectKind.IpAddress)
            return IPAddress.TryParse(Value, out var address) && address.GetAddressBytes().AsSpan().SequenceEqual(name);
        if (!Ascii.IsValid(name)) return false;
        var text = Encoding.ASCII.GetString(name);
        return Kind switch
        {
            CertificateSubjectKind.DnsName => string.Equals(text, Value, StringComparison.OrdinalIgnoreCase),
            CertificateSubjectKind.Uri => string.Equals(text, Value, StringComparison.Ordinal),
            // RFC 5280 §7.5: the host of an address in any case, what stands before the @ exactly.
            _ => text.Split('@') is [var local, var host] && Value.Split('@') is [var wantedLocal, var wantedHost]
                && string.Equals(local, wantedLocal, StringComparison.Ordinal) && string.Equals(host, wantedHost, StringComparison.OrdinalIgnoreCase),
        };
    }
}
