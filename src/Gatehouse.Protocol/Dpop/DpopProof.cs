using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Protocol.Jose;

namespace Gatehouse.Protocol.Dpop;

/// <summary>Why a DPoP proof proves nothing (RFC 9449 §4.3).</summary>
public enum DpopFailure
{
    None,
    Malformed,
    WrongKey,
    WrongSignature,
    WrongRequest,
    NotFresh,
    NoTokenId,
    WrongToken,
}

/// <summary>
/// A proof that whoever sends a request holds a private key (RFC 9449 §4.2). Only <see cref="Verify"/> makes one; whether its nonce is ours and
/// whether its <c>jti</c> was seen before is asked of others.
/// </summary>
/// <param name="Thumbprint">Of its public key (RFC 7638): what tokens are bound to.</param>
/// <param name="TokenId">Its <c>jti</c>.</param>
/// <param name="IssuedAt">Its <c>iat</c>.</param>
/// <param name="Nonce">The nonce that it carries, if any.</param>
/// <param name="Algorithm">How it is signed.</param>
public sealed record DpopProof(string Thumbprint, string TokenId, long IssuedAt, string? Nonce, string Algorithm)
{
    /// <summary>The request header.</summary>
    public const string Header = "DPoP";

    /// <summary>The most characters of a proof.</summary>
    public const int MaxLength = 8192;

    /// <summary>How old a proof may be.</summary>
    public const int MaxAgeSeconds = 60;

    /// <summary>How far ahead its <c>iat</c> may be.</summary>
    public const int MaxSkewSeconds = 10;

    private const int MaxTokenIdLength = 256;

    /// <summary>
    /// The algorithms of proofs. ML-DSA is not among them: key and signature travel with every request, and are larger than the header may be.
    /// </summary>
    public static IReadOnlyList<string> Algorithms { get; } = [.. PublicJwk.AllAlgorithms.Where(name => !SigningAlgorithms.IsMlDsa(name))];

    /// <param name="text">The value of the header.</param>
    /// <param name="method">The method of the request.</param>
    /// <param name="url">The URL of the request; query and fragment do not count.</param>
    /// <param name="accessToken">The access token beside it; null where none is sent.</param>
    /// <param name="now">Seconds since 1970-01-01T00:00:00Z.</param>
    /// <param name="library">Verifies what the base class library does not.</param>
    /// <param name="proof">Set only when the answer is <see cref="DpopFailure.None"/>.</param>
    public static DpopFailure Verify(
        string text, string method, Uri url, ReadOnlySpan<char> accessToken, long now, ISignatureLibrary? library, out DpopProof? proof)
    {
        proof = null;
        if (text.Length > MaxLength || !CompactJws.TryParse(text, out var jws) || jws.HeaderText("typ") != "dpop+jwt") return DpopFailure.Malformed;
        if (!jws.Header.TryGetProperty("jwk", out var jwk) || !PublicJwk.TryParse(jwk, library, out var key)) return DpopFailure.WrongKey;
        if (PublicJwk.SecretMembers.Any(member => jwk.TryGetProperty(member, out _))) return DpopFailure.WrongKey;
        if (jws.HeaderText("alg") is not { } algorithm || !Algorithms.Contains(algorithm, StringComparer.Ordinal)) return DpopFailure.WrongSignature;
        if (!key.Verify(algorithm, jws.SigningInput, jws.Signature)) return DpopFailure.WrongSignature;
        if (jws.PayloadText("htm") != method || !IsSame(jws.PayloadText("htu"), url)) return DpopFailure.WrongRequest;
        if (!jws.TryPayloadInstant("iat", out var issuedAt) || issuedAt > now + MaxSkewSeconds || issuedAt < now - MaxAgeSeconds) return DpopFailure.NotFresh;
        if (jws.PayloadText("jti") is not { Length: > 0 and <= MaxTokenIdLength } tokenId) return DpopFailure.NoTokenId;
        if (!accessToken.IsEmpty && jws.PayloadText("ath") != HashOf(accessToken)) return DpopFailure.WrongToken;
        proof = new DpopProof(key.Thumbprint, tokenId, issuedAt, jws.PayloadText("nonce"), algorithm);
        return DpopFailure.None;
    }

    // RFC 9449 §4.3: compared after the normalization of RFC 3986 §6.2.2 and §6.2.3, without query and fragment.
    private static bool IsSame(string? text, Uri url) =>
        text is { Length: <= 4096 } && Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme == url.Scheme
        && Uri.Compare(uri, url, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0
        && string.Equals(uri.AbsolutePath, url.AbsolutePath, StringComparison.Ordinal);

    private static string HashOf(ReadOnlySpan<char> accessToken)
    {
        var ascii = new byte[accessToken.Length];
        Encoding.ASCII.GetBytes(accessToken, ascii);
        return Base64Url.EncodeToString(SHA256.HashData(ascii));
    }
}
