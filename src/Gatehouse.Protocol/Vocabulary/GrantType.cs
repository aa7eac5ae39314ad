namespace Gatehouse.Protocol.Vocabulary;

/// <summary>The values of <c>grant_type</c> that this server knows (RFC 6749 §4).</summary>
public static class GrantType
{
    public const string ClientCredentials = "client_credentials";
}
