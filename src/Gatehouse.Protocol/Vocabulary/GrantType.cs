namespace Gatehouse.Protocol.Vocabulary;

/// <summary>The values of <c>grant_type</c> that this server knows (RFC 6749 §4).</summary>
public static class GrantType
{
    public const string ClientCredentials = "client_credentials";
    public const string AuthorizationCode = "authorization_code";
    public const string RefreshToken = "refresh_token";

    /// <summary>RFC 8628 §3.4.</summary>
    public const string DeviceCode = "urn:ietf:params:oauth:grant-type:device_code";

    /// <summary>RFC 8693 §2.1.</summary>
    public const string TokenExchange = "urn:ietf:params:oauth:grant-type:token-exchange";

    /// <summary>RFC 7523 §2.1.</summary>
    public const string JwtBearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    /// <summary>All of them, in the order in which they are advertised.</summary>
    public static IReadOnlyList<string> All { get; } = [ClientCredentials, AuthorizationCode, RefreshToken, DeviceCode, TokenExchange, JwtBearer];
}
