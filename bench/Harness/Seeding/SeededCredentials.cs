using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;

namespace Gatehouse.Bench.Harness.Seeding;

/// <summary>
/// Credentials in the product's form that follow from a number, so that load for a million applications needs no million strings. Ids lie
/// scattered over the index of the database, as random ones do.
/// </summary>
internal sealed class SeededCredentials
{
    // Odd: a bijection of 32 bits. Below 2^28, so that a product with any number of an application is exact in the doubles of Lua.
    private const long Scatter = 226_160_437;

    private readonly string _idEnd = RandomNumberGenerator.GetHexString(24, lowercase: true);
    private readonly string _secretBegin = "ghs_" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(27))[..35];

    /// <summary>What a form begins with; eight hexadecimal digits follow.</summary>
    public static string FormBegin => "grant_type=client_credentials&client_id=";

    /// <summary>What follows on those; eight decimal digits end the form.</summary>
    public string FormMiddle => $"{_idEnd}&client_secret={_secretBegin}";

    /// <summary>32 hexadecimal digits.</summary>
    public string ClientId(int number) => string.Create(CultureInfo.InvariantCulture, $"{number * Scatter % (1L << 32):x8}{_idEnd}");

    /// <summary>The prefix and 43 characters of base64url.</summary>
    public string ClientSecret(int number) => string.Create(CultureInfo.InvariantCulture, $"{_secretBegin}{number:D8}");

    public string Form(int number) => string.Create(CultureInfo.InvariantCulture,
        $"{FormBegin}{number * Scatter % (1L << 32):x8}{FormMiddle}{number:D8}");
}
