namespace Gatehouse.Protocol.Vocabulary;

/// <summary>What kind of token one is (RFC 8693 §3).</summary>
public static class TokenTypes
{
    public const string AccessToken = "urn:ietf:params:oauth:token-type:access_token";
}
