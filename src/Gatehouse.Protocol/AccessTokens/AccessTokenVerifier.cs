using System.Collections.Concurrent;
using System.Text.Json;
using Gatehouse.Protocol.Jose;

namespace Gatehouse.Protocol.AccessTokens;

/// <summary>Why a JWT is not an access token of this issuer (RFC 9068 §4).</summary>
public enum AccessTokenFailure
{
    None,
    Malformed,
    WrongType,
    AlgorithmNotAllowed,
    UnknownKey,
    BadSignature,
    WrongIssuer,
    Expired,
    IssuedInTheFuture,
}

/// <summary>
/// Verifies what never changes about a token: form, signature, issuer; and its times. Whether the application may still use it, and
/// whether the audience is the resource being called, is asked on every call and not here.
/// </summary>
/// <param name="issuer">The exact <c>iss</c> (RFC 9068 §4).</param>
/// <param name="clock">Tells the time.</param>
public sealed class AccessTokenVerifier(string issuer, TimeProvider clock)
{
    /// <summary>How far ahead an <c>iat</c> may be, in seconds: the clocks of two nodes differ.</summary>
    public const int MaxSkewSeconds = 10;

    private readonly ConcurrentDictionary<string, PublicJwk> _keys = new(StringComparer.Ordinal);

    /// <summary>Replaces the set of keys that signatures are verified with.</summary>
    public void SetKeys(IReadOnlyCollection<PublicJwk> keys)
    {
        foreach (var key in keys) _keys.TryAdd(key.Thumbprint, key);
        foreach (var gone in _keys.Keys.Except(keys.Select(key => key.Thumbprint), StringComparer.Ordinal)) _keys.TryRemove(gone, out _);
    }

    /// <summary>True while tokens that were verified with this key may still be trusted.</summary>
    public bool Knows(string kid) => _keys.ContainsKey(kid);

    /// <summary>Verifies one token; <paramref name="verified"/> is set only when the answer is <see cref="AccessTokenFailure.None"/>.</summary>
    public AccessTokenFailure Verify(ReadOnlySpan<char> token, out VerifiedAccessToken? verified)
    {
        verified = null;
        if (!CompactJws.TryParse(token, out var jws)) return AccessTokenFailure.Malformed;
        // RFC 9068 §4: "at+jwt" or "application/at+jwt", so that an ID token or a client assertion is never taken for an access token.
        if (!HasText(jws.Header, "typ", "at+jwt") && !HasText(jws.Header, "typ", "application/at+jwt")) return AccessTokenFailure.WrongType;
        if (jws.HeaderText("alg") is not { } algorithm || !SigningAlgorithms.IsKnown(algorithm)) return AccessTokenFailure.AlgorithmNotAllowed;
        if (!jws.Header.TryGetProperty("kid", out var kid) || kid.ValueKind != JsonValueKind.String
            || !_keys.TryGetValue(kid.GetString()!, out var key)) return AccessTokenFailure.UnknownKey;
        // RFC 8725 §3.1: the key decides the algorithm; the header may only agree.
        if (!key.Algorithms.Contains(algorithm, StringComparer.Ordinal)) return AccessTokenFailure.AlgorithmNotAllowed;
        if (!key.Verify(algorithm, jws.SigningInput, jws.Signature)) return AccessTokenFailure.BadSignature;
        if (AccessTokenClaims.Read(jws.Payload) is not { } claims) return AccessTokenFailure.Malformed;
        if (!string.Equals(claims.Issuer, issuer, StringComparison.Ordinal)) return AccessTokenFailure.WrongIssuer;
        var failure = CheckTimes(claims);
        if (failure == AccessTokenFailure.None) verified = new VerifiedAccessToken(claims, kid.GetString()!);
        return failure;
    }

    /// <summary>Checks what time changes; needed on every use of remembered facts.</summary>
    public AccessTokenFailure CheckTimes(AccessTokenClaims claims)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        if (claims.ExpiresAt <= now) return AccessTokenFailure.Expired;
        return claims.IssuedAt > now + MaxSkewSeconds ? AccessTokenFailure.IssuedInTheFuture : AccessTokenFailure.None;
    }

    private static bool HasText(JsonElement header, string name, string expected) =>
        header.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String && value.ValueEquals(expected);
}

/// <summary>A token whose form, signature and issuer hold; only <see cref="AccessTokenVerifier"/> makes one.</summary>
public sealed class VerifiedAccessToken
{
    internal VerifiedAccessToken(AccessTokenClaims claims, string keyId) => (Claims, KeyId) = (claims, keyId);

    public AccessTokenClaims Claims { get; }

    /// <summary>The key it was verified with: when that key is removed, so is the trust.</summary>
    public string KeyId { get; }
}
