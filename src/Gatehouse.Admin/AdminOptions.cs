namespace Gatehouse.Admin;

/// <summary>What the Admin API is called and whose tokens it takes.</summary>
/// <param name="Issuer">The exact <c>iss</c> of the access tokens it takes: the authorization server's issuer (RFC 9068 §4).</param>
/// <param name="Resource">The resource identifier that must be among a token's <c>aud</c>, such as <c>https://localhost:8443/admin/v1</c>.</param>
public sealed record AdminOptions(string Issuer, string Resource)
{
    /// <summary>Where the API stands on its host.</summary>
    public const string BasePath = "/admin/v1";

    /// <summary>The scope that every call needs. The API published with it is the Admin API.</summary>
    public const string Scope = Protocol.Vocabulary.AdminScope.Name;

    /// <summary>The largest request body, in bytes.</summary>
    public const int MaxBodyBytes = 64 * 1024;

    /// <summary>The deepest nesting of a request body.</summary>
    public const int MaxBodyDepth = 16;

    /// <summary>Where tokens are obtained, for the OpenAPI document.</summary>
    public Uri TokenEndpoint { get; init; } = new(new Uri(Issuer), "/as/token.oauth2");
}
