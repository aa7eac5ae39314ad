namespace Gatehouse.Protocol.Jose;

/// <summary>What this server signs with (RFC 7518 §3.1).</summary>
public static class SigningAlgorithms
{
    /// <summary>Short signatures, quickly made.</summary>
    public const string Default = "ES256";

    /// <summary>Every client of OpenID Connect takes it (OpenID Connect Core §15.1).</summary>
    public const string Rs256 = "RS256";

    /// <summary>RSA as FAPI 2.0 takes it.</summary>
    public const string Ps256 = "PS256";

    /// <summary>Those that FAPI 2.0 takes (Security Profile §5.4.1).</summary>
    public static IReadOnlyList<string> Fapi { get; } = [Default, Ps256];

    public static IReadOnlyList<string> All { get; } = [Default, Rs256, Ps256];

    public static bool IsKnown(string algorithm) => All.Contains(algorithm, StringComparer.Ordinal);
}
