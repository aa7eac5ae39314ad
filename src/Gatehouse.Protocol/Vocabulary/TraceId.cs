using System.Security.Cryptography;

namespace Gatehouse.Protocol.Vocabulary;

/// <summary>
/// The id that ties the answer on the wire to the log and to the portal's <em>Recent problems</em>: 64 random bits in hexadecimal, made by us,
/// so that no caller can choose one.
/// </summary>
public static class TraceId
{
    public static string New()
    {
        Span<byte> random = stackalloc byte[8];
        RandomNumberGenerator.Fill(random);
        return Convert.ToHexStringLower(random);
    }
}
