using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using Gatehouse.Protocol.Certificates;

namespace Gatehouse.Tests.Protocol.Certificates;

/// <summary>The DER of a subject (RFC 5280 §4.1.2.4), and the short names of attributes (RFC 4514 §3).</summary>
public sealed class NameInCertificateTests
{
    [Theory]
    [InlineData("CN", "2.5.4.3")]
    [InlineData("SN", "2.5.4.4")]
    [InlineData("SERIALNUMBER", "2.5.4.5")]
    [InlineData("C", "2.5.4.6")]
    [InlineData("L", "2.5.4.7")]
    [InlineData("ST", "2.5.4.8")]
    [InlineData("STREET", "2.5.4.9")]
    [InlineData("O", "2.5.4.10")]
    [InlineData("OU", "2.5.4.11")]
    [InlineData("T", "2.5.4.12")]
    [InlineData("TITLE", "2.5.4.12")]
    [InlineData("businessCategory", "2.5.4.15")]
    [InlineData("postalCode", "2.5.4.17")]
    [InlineData("GN", "2.5.4.42")]
    [InlineData("givenName", "2.5.4.42")]
    [InlineData("organizationIdentifier", "2.5.4.97")]
    [InlineData("DC", "0.9.2342.19200300.100.1.25")]
    [InlineData("UID", "0.9.2342.19200300.100.1.1")]
    [InlineData("E", "1.2.840.113549.1.9.1")]
    [InlineData("emailAddress", "1.2.840.113549.1.9.1")]
    public void A_short_name_stands_for_its_number(string name, string number)
    {
        Assert.Equal(Parse($"{number}=a"), Parse($"{name}=a"));
        Assert.Equal(Parse($"{number}=a").GetHashCode(), Parse($"{name}=a").GetHashCode());
        Assert.NotEqual(Parse("2.5.4.99=a"), Parse($"{name}=a"));
    }

    [Theory]
    [InlineData(UniversalTagNumber.UTF8String)]
    [InlineData(UniversalTagNumber.PrintableString)]
    [InlineData(UniversalTagNumber.IA5String)]
    [InlineData(UniversalTagNumber.VisibleString)]
    [InlineData(UniversalTagNumber.BMPString)]
    public void The_type_of_a_text_does_not_count(UniversalTagNumber type)
    {
        Assert.True(DistinguishedName.TryRead(Der(writer => writer.WriteCharacterString(type, "client")), out var name));
        Assert.Equal(Parse("CN=client"), name);
        Assert.True(name.Equals((object)Parse("CN=client")));
        Assert.False(name.Equals((object?)null));
    }

    [Fact]
    public void What_is_no_text_is_compared_as_it_is()
    {
        Assert.True(DistinguishedName.TryRead(Der(writer => writer.WriteInteger(5)), out var name));
        Assert.Equal(Parse("CN=#020105"), name);
        Assert.NotEqual(Parse("CN=#020106"), name);
    }

    [Fact]
    public void A_broken_or_empty_subject_is_no_name()
    {
        var good = new X500DistinguishedName("CN=client").RawData;
        Assert.True(DistinguishedName.TryRead(good, out _));
        Assert.False(DistinguishedName.TryRead(good.AsMemory(0, good.Length - 1), out var name));
        Assert.Null(name);
        Assert.False(DistinguishedName.TryRead((byte[])[.. good, 0], out _));
        Assert.False(DistinguishedName.TryRead((byte[])[0x30, 0x00], out _));
        Assert.False(DistinguishedName.TryRead(Array.Empty<byte>(), out _));
        Assert.False(DistinguishedName.TryRead(Der(writer => { writer.WriteInteger(5); writer.WriteInteger(6); }), out _)); // Two values.
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void A_number_has_fewer_than_64_characters(int length, bool isRead) =>
        Assert.Equal(isRead, DistinguishedName.TryParse("1.2".PadRight(length, '3') + "=a", out _));

    [Theory]
    [InlineData("CN= a ", "CN=a")]
    [InlineData(@"CN=a\20", @"CN=a\ ")]
    [InlineData("CN=#0c0161 ", "CN=a")]
    [InlineData("CN=#0c0161+O=b", "CN=a+O=b")]
    [InlineData("CN=#0c0161,O=b", "CN=a,O=b")]
    [InlineData("0.9=a", "0.9=a")]
    public void Blanks_around_a_value_do_not_count_unless_escaped(string text, string same) => Assert.Equal(Parse(same), Parse(text));

    [Theory]
    [InlineData("CN=a<b")]
    [InlineData("CN=a>b")]
    [InlineData("CN=a\0b")]
    [InlineData("2=a")]
    [InlineData("2.5.4.a=a")]
    [InlineData("CN=#0c0161zz")]
    [InlineData("CN=#0c016100")]
    [InlineData("CN=a+")]
    public void What_is_no_name_is_not_read(string text)
    {
        Assert.False(DistinguishedName.TryParse(text, out var name));
        Assert.Null(name);
    }

    [Fact]
    public void Half_of_a_character_is_none() => Assert.False(DistinguishedName.TryParse("CN=\ud800", out _));

    private static DistinguishedName Parse(string text) => DistinguishedName.TryParse(text, out var name) ? name : throw new FormatException(text);

    private static byte[] Der(Action<AsnWriter> value)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        using (writer.PushSetOf())
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier("2.5.4.3");
            value(writer);
        }
        return writer.Encode();
    }
}
