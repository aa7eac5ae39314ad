using System.Security.Cryptography;

namespace Labels;

/// <summary>
/// 22 digits in the shape of an Intelligent Mail package barcode with a six-digit mailer: <c>93</c>, service code (3), mailer (6),
/// serial number (10, random), check digit (1). The mailer does not exist.
/// </summary>
internal static class TrackingNumber
{
    private const string Channel = "93";
    private const string Mailer = "000000";
    private const int SerialDigits = 10;

    public static string Next(Service service)
    {
        var serial = RandomNumberGenerator.GetString("0123456789", SerialDigits);
        var number = Channel + ServiceLevel.Of(service).Code + Mailer + serial;
        return number + CheckDigit(number);
    }

    /// <summary>Modulo 10: from the right, digits count three times and once by turns; the check digit makes the sum a full ten.</summary>
    public static char CheckDigit(ReadOnlySpan<char> digits)
    {
        var sum = 0;
        for (var i = 0; i < digits.Length; i++)
            sum += (digits[^(i + 1)] - '0') * (i % 2 == 0 ? 3 : 1);
        return (char)('0' + (10 - sum % 10) % 10);
    }

    /// <summary>In groups of four for people to read.</summary>
    public static string Grouped(string number) => string.Join(' ', number.Chunk(4).Select(group => new string(group)));
}
