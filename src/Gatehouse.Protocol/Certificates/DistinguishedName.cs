using System.Buffers;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Text;

namespace Gatehouse.Protocol.Certificates;

/// <summary>
/// A distinguished name (RFC 5280 §4.1.2.4), as text (RFC 4514) or in a certificate. Two are the same when they have the same attributes with
/// the same values in the same order. That is stricter than RFC 5280 §7.1, which passes over case and doubled blanks: what differs in them may
/// belong to somebody else. The ASN.1 type of a text does not matter, nor how the text spells an attribute or escapes a value.
/// </summary>
public sealed class DistinguishedName : IEquatable<DistinguishedName>
{
    // RFC 4514 §3, and what certificates of companies and banks use besides.
    private static readonly FrozenDictionary<string, string> Types = new Dictionary<string, string>
    {
        ["CN"] = "2.5.4.3", ["SN"] = "2.5.4.4", ["SERIALNUMBER"] = "2.5.4.5", ["C"] = "2.5.4.6", ["L"] = "2.5.4.7", ["ST"] = "2.5.4.8",
        ["STREET"] = "2.5.4.9", ["O"] = "2.5.4.10", ["OU"] = "2.5.4.11", ["T"] = "2.5.4.12", ["TITLE"] = "2.5.4.12",
        ["BUSINESSCATEGORY"] = "2.5.4.15", ["POSTALCODE"] = "2.5.4.17", ["GN"] = "2.5.4.42", ["GIVENNAME"] = "2.5.4.42",
        ["ORGANIZATIONIDENTIFIER"] = "2.5.4.97", ["DC"] = "0.9.2342.19200300.100.1.25", ["UID"] = "0.9.2342.19200300.100.1.1",
        ["E"] = "1.2.840.113549.1.9.1", ["EMAILADDRESS"] = "1.2.840.113549.1.9.1",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private readonly string _canonical;

    private DistinguishedName(IEnumerable<IEnumerable<string>> names) =>
        _canonical = string.Join(',', names.Select(attributes => string.Join('+', attributes.Order(StringComparer.Ordinal))));

    /// <summary>Reads <c>CN=client,O=Example,C=CH</c>: the last attribute of the certificate comes first (RFC 4514 §2.1).</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out DistinguishedName? name)
    {
        name = null;
        var names = new List<List<string>> { new() };
        var rest = text.AsSpan();
        while (true)
        {
            if (ReadAttribute(ref rest) is not { } attribute) return false;
            names[^1].Add(attribute);
            if (rest.IsEmpty) break;
            if (rest[0] == ',') names.Add([]);
            rest = rest[1..];
        }
        names.Reverse();
        name = new DistinguishedName(names);
        return true;
    }

    /// <summary>Reads the DER of a certificate's subject; false when it is malformed or empty.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> der, [NotNullWhen(true)] out DistinguishedName? name)
    {
        name = null;
        try
        {
            var names = new List<List<string>>();
            var outer = new AsnReader(der, AsnEncodingRules.DER);
            var sequence = outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            while (sequence.HasData)
            {
                var set = sequence.ReadSetOf(skipSortOrderValidation: true);
                names.Add([]);
                while (set.HasData)
                {
                    var attribute = set.ReadSequence();
                    var type = attribute.ReadObjectIdentifier();
                    names[^1].Add(Canonical(type, attribute.ReadEncodedValue()));
                    attribute.ThrowIfNotEmpty();
                }
            }
            if (names.Count > 0) name = new DistinguishedName(names);
        }
        catch (AsnContentException)
        {
            return false;
        }
        return name is not null;
    }

    public bool Equals(DistinguishedName? other) => other is not null && string.Equals(_canonical, other._canonical, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as DistinguishedName);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(_canonical);

    // Stops before the separator that follows.
    private static string? ReadAttribute(ref ReadOnlySpan<char> rest)
    {
        var equals = rest.IndexOf('=');
        if (equals < 0 || TypeOf(rest[..equals].Trim(' ').ToString()) is not { } type) return null;
        rest = rest[(equals + 1)..].TrimStart(' ');
        return rest is ['#', ..] ? ReadHex(type, ref rest) : ReadText(ref rest) is { Length: > 0 } text ? Canonical(type, text) : null;
    }

    private static string? TypeOf(string text)
    {
        if (Types.TryGetValue(text, out var known)) return known;
        // RFC 4512 §1.4: numbers without leading zeros, so that one type has one spelling.
        var numbers = text.Split('.');
        return text.Length < 64 && numbers.Length > 1 && numbers.All(number => number is "0" or [>= '1' and <= '9', ..] && number.All(char.IsAsciiDigit))
            ? text : null;
    }

    private static string? ReadHex(string type, ref ReadOnlySpan<char> rest)
    {
        var end = rest.IndexOfAny(',', '+') is var at and >= 0 ? at : rest.Length;
        var hex = rest[1..end].TrimEnd(' ');
        rest = rest[end..];
        try
        {
            return hex.IsEmpty ? null : Canonical(type, Convert.FromHexString(hex));
        }
        catch (Exception exception) when (exception is FormatException or AsnContentException)
        {
            return null;
        }
    }

    private static string? ReadText(ref ReadOnlySpan<char> rest)
    {
        var bytes = new List<byte>();
        var kept = 0; // Blanks at the end do not count unless they are escaped.
        Span<byte> utf8 = stackalloc byte[4];
        while (!rest.IsEmpty && rest[0] is not (',' or '+'))
        {
            if (rest[0] is '"' or ';' or '<' or '>' or '\0') return null;
            var isEscaped = rest[0] == '\\';
            if (isEscaped) rest = rest[1..];
            if (isEscaped && rest.Length >= 2 && char.IsAsciiHexDigit(rest[0]) && char.IsAsciiHexDigit(rest[1]))
            {
                bytes.Add(Convert.FromHexString(rest[..2])[0]);
                rest = rest[2..];
                kept = bytes.Count;
                continue;
            }
            if (isEscaped && (rest.IsEmpty || !"\"+,;<>\\ #=".Contains(rest[0], StringComparison.Ordinal))) return null;
            if (Rune.DecodeFromUtf16(rest, out var rune, out var used) != OperationStatus.Done) return null;
            bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
            if (isEscaped || rest[0] != ' ') kept = bytes.Count;
            rest = rest[used..];
        }
        var value = bytes.Take(kept).ToArray();
        return System.Text.Unicode.Utf8.IsValid(value) ? Encoding.UTF8.GetString(value) : null;
    }

    private static string Canonical(string type, ReadOnlyMemory<byte> value)
    {
        var tag = Asn1Tag.Decode(value.Span, out _);
        var isText = tag.TagClass == TagClass.Universal && (UniversalTagNumber)tag.TagValue is UniversalTagNumber.UTF8String
            or UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String or UniversalTagNumber.NumericString
            or UniversalTagNumber.VisibleString or UniversalTagNumber.BMPString;
        if (!isText) return $"{type}=#{Convert.ToHexString(value.Span)}";
        var reader = new AsnReader(value, AsnEncodingRules.DER);
        var text = reader.ReadCharacterString((UniversalTagNumber)tag.TagValue);
        reader.ThrowIfNotEmpty();
        return Canonical(type, text);
    }

    // In hexadecimal, so that no value can look like two attributes.
    private static string Canonical(string type, string text) => $"{type}={Convert.ToHexString(Encoding.UTF8.GetBytes(text))}";
}
