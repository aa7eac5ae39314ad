using Gatehouse.Protocol.Jose;

namespace Gatehouse.Protocol.ClientAuthentication;

/// <summary>Why a client assertion proves nothing (RFC 7523 §3).</summary>
public enum ClientAssertionFailure
{
    None,
    WrongType,
    WrongSignature,
    WrongIssuer,
    WrongAudience,
    NoExpiry,
    Expired,
    ExpiresTooLate,
    NotYetValid,
    NoTokenId,
}

/// <summary>
/// A JWT by which an application proves who it is (RFC 7523 §2.2). Its audience is the issuer as one string and nothing else, so that one made
/// for another server cannot be replayed here.
/// </summary>
public sealed class ClientAssertion
{
    /// <summary>The value of <c>client_assertion_type</c>.</summary>
    public const string Type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    /// <summary>The longest time an assertion may have left: its <c>jti</c> is remembered that long.</summary>
    public const int MaxLifetimeSeconds = 3600;

    /// <summary>How far ahead <c>iat</c> and <c>nbf</c> may be.</summary>
    public const int MaxSkewSeconds = 10;

    private const int MaxTokenIdLength = 256;

    private readonly CompactJws _jws;

    private ClientAssertion(CompactJws jws, string clientId) => (_jws, ClientId) = (jws, clientId);

    /// <summary>The <c>sub</c>: whom it claims to be, until it is verified.</summary>
    public string ClientId { get; }

    /// <summary>The name of the key that signed it, if it names one.</summary>
    public string? Kid => _jws.HeaderText("kid");

    /// <summary>The <c>jti</c>, set when it is verified.</summary>
    public string TokenId { get; private set; } = string.Empty;

    /// <summary>The <c>exp</c>, set when it is verified.</summary>
    public long ExpiresAt { get; private set; }

    /// <summary>Reads the form alone; null when it is no JWT with a subject.</summary>
    public static ClientAssertion? Read(string text) =>
        CompactJws.TryParse(text, out var jws) && jws.PayloadText("sub") is { Length: > 0 } subject ? new ClientAssertion(jws, subject) : null;

    public ClientAssertionFailure Verify(JwkSet keys, IReadOnlyCollection<string> algorithms, string issuer, long now)
    {
        // RFC 8725 §3.11: what says that it is something else (an access token, an ID token's logout) is not taken for an assertion.
        if (_jws.Header.TryGetProperty("typ", out _) && !IsAssertionType(_jws.HeaderText("typ"))) return ClientAssertionFailure.WrongType;
        if (!keys.Verifies(_jws, algorithms)) return ClientAssertionFailure.WrongSignature;
        if (_jws.PayloadText("iss") != ClientId) return ClientAssertionFailure.WrongIssuer;
        if (_jws.PayloadText("aud") != issuer) return ClientAssertionFailure.WrongAudience;
        if (!_jws.TryPayloadInstant("exp", out var expiresAt)) return ClientAssertionFailure.NoExpiry;
        if (expiresAt <= now) return ClientAssertionFailure.Expired;
        if (expiresAt > now + MaxLifetimeSeconds + MaxSkewSeconds) return ClientAssertionFailure.ExpiresTooLate;
        if (_jws.IsAhead("iat", now, MaxSkewSeconds) || _jws.IsAhead("nbf", now, MaxSkewSeconds)) return ClientAssertionFailure.NotYetValid;
        if (_jws.PayloadText("jti") is not { Length: > 0 and <= MaxTokenIdLength } tokenId) return ClientAssertionFailure.NoTokenId;
        (TokenId, ExpiresAt) = (tokenId, expiresAt);
        return ClientAssertionFailure.None;
    }

    public override string ToString() => "[client assertion]"; // It is a credential.

    private static bool IsAssertionType(string? type) =>
        type is not null && (type.Equals("JWT", StringComparison.OrdinalIgnoreCase)
            || type.Equals("client-authentication+jwt", StringComparison.OrdinalIgnoreCase));
}
