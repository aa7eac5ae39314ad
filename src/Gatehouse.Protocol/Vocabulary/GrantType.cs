namespace Gatehouse.Protocol.Vocabulary;

/// <summary>The values of <c>grant_type</c> that this server knows (RFC 6749 §4).</summary>
public static class GrantType
{
    public const string ClientCredentials = "client_credentials";
    public const string AuthorizationCode = "authorization_code";
    public const string RefreshToken = "refresh_token";

    /// <summary>All of them, in the order in which they are advertised.</summary>
    public static IReadOnlyList<string> All { get; } = [ClientCredentials, AuthorizationCode, RefreshToken];
}
