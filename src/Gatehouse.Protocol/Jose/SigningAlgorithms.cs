namespace Gatehouse.Protocol.Jose;

/// <summary>What this server signs with (RFC 7518 §3.1, RFC 8037, RFC 9864, RFC 9964).</summary>
public static class SigningAlgorithms
{
    /// <summary>Short signatures, quickly made.</summary>
    public const string Default = "ES256";

    /// <summary>Every client of OpenID Connect takes it (OpenID Connect Core §15.1).</summary>
    public const string Rs256 = "RS256";

    /// <summary>RSA as FAPI 2.0 takes it.</summary>
    public const string Ps256 = "PS256";

    /// <summary>Ed25519 under the name that most consumers know (RFC 8037 §3.1). Ed448 is not offered.</summary>
    public const string EdDsa = "EdDSA";

    /// <summary>The same under its fully specified name (RFC 9864 §2.2).</summary>
    public const string Ed25519 = "Ed25519";

    /// <summary>Signatures that a quantum computer does not forge (RFC 9964 §4); security category 2.</summary>
    public const string MlDsa44 = "ML-DSA-44";

    /// <summary>Security category 3.</summary>
    public const string MlDsa65 = "ML-DSA-65";

    /// <summary>Security category 5.</summary>
    public const string MlDsa87 = "ML-DSA-87";

    /// <summary>Those that FAPI 2.0 takes (Security Profile §5.4.1).</summary>
    public static IReadOnlyList<string> Fapi { get; } = [Default, Ps256, EdDsa, Ed25519];

    public static IReadOnlyList<string> All { get; } = [Default, Rs256, Ps256, EdDsa, Ed25519, MlDsa44, MlDsa65, MlDsa87];

    public static bool IsKnown(string algorithm) => All.Contains(algorithm, StringComparer.Ordinal);

    /// <summary>Whether its keys and signatures have kilobytes (RFC 9964).</summary>
    public static bool IsMlDsa(string algorithm) => algorithm is MlDsa44 or MlDsa65 or MlDsa87;
}
