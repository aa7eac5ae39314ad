using Gatehouse.Protocol.Bearer;
using Gatehouse.Protocol.Jose;

namespace Gatehouse.Protocol.Dpop;

/// <summary>The <c>WWW-Authenticate</c> of a protected resource that wants a proof (RFC 9449 §7.1, §9).</summary>
public static class DpopChallenge
{
    /// <summary>The header by which a server hands out its nonce (RFC 9449 §8.2).</summary>
    public const string NonceHeader = "DPoP-Nonce";

    private static readonly string Algorithms = string.Join(' ', DpopProof.Algorithms);

    /// <summary>The request carried no token: this is the other way to send one.</summary>
    public static string Missing(ChallengedResource resource) => Build(resource, error: null, resource.Scope);

    public static string InvalidProof(ChallengedResource resource) => Build(resource, "invalid_dpop_proof");

    public static string UseNonce(ChallengedResource resource) => Build(resource, "use_dpop_nonce");

    public static string InvalidToken(ChallengedResource resource) => Build(resource, "invalid_token");

    private static string Build(ChallengedResource resource, string? error, string? scope = null)
    {
        var text = ChallengedResource.Add(resource.Begin("DPoP"), "error", error);
        text = ChallengedResource.Add(ChallengedResource.Add(text, "scope", scope), "algs", Algorithms);
        return ChallengedResource.Add(text, "resource_metadata", resource.MetadataUrl).ToString();
    }
}
