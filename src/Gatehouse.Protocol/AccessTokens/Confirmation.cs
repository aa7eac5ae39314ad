using System.Text.Json;

namespace Gatehouse.Protocol.AccessTokens;

/// <summary>How the holder of a token shows that it is the one that the token was given to.</summary>
public enum ConfirmationMethod
{
    /// <summary>By a DPoP proof of the key (<c>jkt</c>, RFC 9449 §6.1).</summary>
    DpopKey,

    /// <summary>By the client certificate of the TLS connection (<c>x5t#S256</c>, RFC 8705 §3.1).</summary>
    Certificate,
}

/// <summary>
/// The one key that a token, a code or a grant is bound to (<c>cnf</c>, RFC 7800 §3.1): whoever reads it meets every kind, and what is bound to
/// one kind is never proved by another.
/// </summary>
/// <param name="Method">The kind.</param>
/// <param name="Thumbprint">SHA-256 in base64url: of the key (RFC 7638), or of the certificate's DER.</param>
public sealed record Confirmation(ConfirmationMethod Method, string Thumbprint)
{
    private const string KeyMember = "jkt";
    private const string CertificateMember = "x5t#S256";

    /// <summary>Null stays null: bound to nothing.</summary>
    public static Confirmation? OfDpopKey(string? thumbprint) => thumbprint is null ? null : new(ConfirmationMethod.DpopKey, thumbprint);

    /// <summary>Null stays null: bound to nothing.</summary>
    public static Confirmation? OfCertificate(string? thumbprint) => thumbprint is null ? null : new(ConfirmationMethod.Certificate, thumbprint);

    internal void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject("cnf");
        json.WriteString(Method == ConfirmationMethod.DpopKey ? KeyMember : CertificateMember, Thumbprint);
        json.WriteEndObject();
    }

    /// <summary>
    /// Reads the claim; false when there is one that is not understood, or that names two keys. Passed over, the token would count as a bearer
    /// token (RFC 7800 §3.1).
    /// </summary>
    internal static bool TryRead(JsonElement payload, out Confirmation? confirmation)
    {
        confirmation = null;
        if (!payload.TryGetProperty("cnf", out var claim)) return true;
        if (claim.ValueKind != JsonValueKind.Object) return false;
        var (hasKey, hasCertificate) = (claim.TryGetProperty(KeyMember, out var key), claim.TryGetProperty(CertificateMember, out var certificate));
        var named = hasKey ? key : certificate;
        if (hasKey == hasCertificate || named.ValueKind != JsonValueKind.String || named.GetString() is not { Length: > 0 } thumbprint) return false;
        confirmation = new Confirmation(hasKey ? ConfirmationMethod.DpopKey : ConfirmationMethod.Certificate, thumbprint);
        return true;
    }
}
