namespace Gatehouse.Client;

/// <summary>Why no access token could be obtained. The set is closed.</summary>
public enum AccessTokenFailure
{
    /// <summary>The server answered with an OAuth error (RFC 6749 §5.2), such as <c>invalid_client</c>. Somebody has to change
    /// something.</summary>
    Refused,

    /// <summary>No connection, no trusted TLS, no answer in time, or the server said 408, 429 or 5xx. Trying later may help.</summary>
    Unavailable,

    /// <summary>The answer is not a token answer of RFC 6749 §5.1: not JSON, too long, no usable <c>access_token</c>, a <c>token_type</c>
    /// other than Bearer. The token endpoint's address is probably wrong.</summary>
    Malformed,

    /// <summary>The server answered with a redirect. It is not followed: the client secret would go to an address that nobody
    /// configured.</summary>
    Redirected,
}
