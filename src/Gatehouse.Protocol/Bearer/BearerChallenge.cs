namespace Gatehouse.Protocol.Bearer;

/// <summary>The value of <c>WWW-Authenticate</c> in an answer of a protected resource (RFC 6750 §3).</summary>
public static class BearerChallenge
{
    private const string Scheme = "Bearer";

    /// <summary>The request carried no authentication information, so the challenge carries no error (RFC 6750 §3.1).</summary>
    public static string Missing(ChallengedResource resource) => End(ChallengedResource.Add(resource.Begin(Scheme), "scope", resource.Scope), resource);

    /// <summary>400: two ways to send a token, or a way that is refused.</summary>
    public static string InvalidRequest(ChallengedResource resource, string description) => Build(resource, "invalid_request", description, null);

    /// <summary>401: expired, malformed, revoked or not meant for this resource.</summary>
    public static string InvalidToken(ChallengedResource resource, string description) => Build(resource, "invalid_token", description, null);

    /// <summary>403: the scope of the resource is what the call needs.</summary>
    public static string InsufficientScope(ChallengedResource resource) =>
        Build(resource, "insufficient_scope", "The access token lacks a scope that this call needs.", resource.Scope);

    private static string Build(ChallengedResource resource, string error, string description, string? scope)
    {
        var text = ChallengedResource.Add(ChallengedResource.Add(resource.Begin(Scheme), "error", error), "error_description", description);
        return End(ChallengedResource.Add(text, "scope", scope), resource);
    }

    private static string End(System.Text.StringBuilder text, ChallengedResource resource) =>
        ChallengedResource.Add(text, "resource_metadata", resource.MetadataUrl).ToString();
}
