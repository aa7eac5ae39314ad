using System.Security.Cryptography;

namespace Gatehouse.Client;

/// <summary>Spreads in time what many clients would otherwise do in the same instant.</summary>
internal static class Jitter
{
    private const int Steps = 1 << 20;

    /// <summary>A factor that is evenly spread over [from, to).</summary>
    public static double Between(double from, double to) => from + (to - from) * RandomNumberGenerator.GetInt32(Steps) / Steps;
}
