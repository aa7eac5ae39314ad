using Gatehouse.Protocol.Jose;

namespace Gatehouse.Protocol.JwtBearer;

/// <summary>Why a JWT of somebody else's issuer gives nothing here (RFC 7523 §3).</summary>
public enum GrantAssertionFailure
{
    None,
    WrongType,
    WrongSignature,
    WrongAudience,
    NoExpiry,
    Expired,
    ExpiresTooLate,
    NotYetValid,
}

/// <summary>
/// A JWT of an issuer that is trusted to say who a workload is (RFC 7523 §2.1): a Kubernetes service account's token, a CI job's identity. It
/// may come again until it expires, because those platforms hand out one for many uses.
/// </summary>
public sealed class GrantAssertion
{
    /// <summary>The longest time it may have left.</summary>
    public const int MaxLifetimeSeconds = 86400;

    /// <summary>How far ahead <c>iat</c> and <c>nbf</c> may be.</summary>
    public const int MaxSkewSeconds = 10;

    private readonly CompactJws _jws;

    private GrantAssertion(CompactJws jws, string issuer, string subject) => (_jws, Issuer, Subject) = (jws, issuer, subject);

    /// <summary>The <c>iss</c>, as it claims until it is verified.</summary>
    public string Issuer { get; }

    /// <summary>The <c>sub</c>, as it claims until it is verified.</summary>
    public string Subject { get; }

    /// <summary>The name of the key that signed it, if it names one.</summary>
    public string? Kid => _jws.HeaderText("kid");

    /// <summary>Reads the form alone; null when it is no JWT with an issuer and a subject.</summary>
    public static GrantAssertion? Read(string text) =>
        CompactJws.TryParse(text, out var jws) && jws.PayloadText("iss") is { Length: > 0 } issuer && jws.PayloadText("sub") is { Length: > 0 } subject
            ? new GrantAssertion(jws, issuer, subject) : null;

    /// <summary>True when a claim is this text.</summary>
    public bool Says(string claim, string value) => _jws.PayloadText(claim) == value;

    /// <param name="keys">The issuer's keys.</param>
    /// <param name="audiences">What this server is called: one of them must be among its audience.</param>
    /// <param name="now">Seconds since 1970-01-01T00:00:00Z.</param>
    public GrantAssertionFailure Verify(JwkSet keys, IReadOnlyCollection<string> audiences, long now)
    {
        // RFC 8725 §3.11: what says that it is something else is not taken for an identity.
        if (_jws.Header.TryGetProperty("typ", out _) && !"JWT".Equals(_jws.HeaderText("typ"), StringComparison.OrdinalIgnoreCase))
            return GrantAssertionFailure.WrongType;
        if (!keys.Verifies(_jws, PublicJwk.AllAlgorithms)) return GrantAssertionFailure.WrongSignature;
        if (!_jws.IsMeantFor(audiences)) return GrantAssertionFailure.WrongAudience;
        if (!_jws.TryPayloadInstant("exp", out var expiresAt)) return GrantAssertionFailure.NoExpiry;
        if (expiresAt <= now) return GrantAssertionFailure.Expired;
        if (expiresAt > now + MaxLifetimeSeconds + MaxSkewSeconds) return GrantAssertionFailure.ExpiresTooLate;
        return _jws.IsAhead("iat", now, MaxSkewSeconds) || _jws.IsAhead("nbf", now, MaxSkewSeconds)
            ? GrantAssertionFailure.NotYetValid : GrantAssertionFailure.None;
    }

    public override string ToString() => "[grant assertion]"; // It is a credential.
}
