using Gatehouse.Protocol.Jose;

namespace Gatehouse.Protocol.Dpop;

/// <summary>The <c>WWW-Authenticate</c> of a protected resource that wants a proof (RFC 9449 §7.1, §9).</summary>
public static class DpopChallenge
{
    /// <summary>The header by which a server hands out its nonce (RFC 9449 §8.2).</summary>
    public const string NonceHeader = "DPoP-Nonce";

    private static readonly string Algorithms = string.Join(' ', PublicJwk.AllAlgorithms);

    public static string InvalidProof(string realm) => Build(realm, "invalid_dpop_proof");

    public static string UseNonce(string realm) => Build(realm, "use_dpop_nonce");

    public static string InvalidToken(string realm) => Build(realm, "invalid_token");

    private static string Build(string realm, string error) => $"DPoP realm=\"{realm}\", error=\"{error}\", algs=\"{Algorithms}\"";
}
