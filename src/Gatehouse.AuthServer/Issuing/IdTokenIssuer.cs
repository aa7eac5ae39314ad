using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Gatehouse.Protocol.Jose;

namespace Gatehouse.AuthServer.Issuing;

/// <summary>How and for which request the user signed in.</summary>
/// <param name="At">When the password was last given.</param>
/// <param name="Nonce">The <c>nonce</c> of the authorization request.</param>
public sealed record UserAuthentication(DateTimeOffset At, string? Nonce)
{
    /// <summary>The session of the sign-in (<c>sid</c>); null when the tokens do not depend on one, as those of a device.</summary>
    public string? SessionId { get; init; }
}

/// <summary>Mints ID tokens (OpenID Connect Core §2): statements to the application about who signed in. They open nothing.</summary>
public sealed class IdTokenIssuer(AuthServerOptions options, JwtSigner signer, TimeProvider clock)
{
    /// <summary>The one way in which users sign in here (<c>acr</c>).</summary>
    public const string PasswordAcr = "urn:gatehouse:acr:password";

    /// <summary>Its <c>typ</c>, which nothing else that is signed here has.</summary>
    public const string Type = "JWT";

    private const int LifetimeSeconds = 300;

    /// <summary>The compact serialization, as ASCII bytes.</summary>
    public ValueTask<byte[]> MintAsync(TokenContent content, UserAuthentication authentication, ReadOnlyMemory<byte> accessToken, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var payload = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(payload))
        {
            json.WriteStartObject();
            json.WriteString("iss", options.Issuer);
            json.WriteString("sub", content.Subject);
            json.WriteString("aud", content.Application.ClientId);
            json.WriteNumber("iat", now);
            json.WriteNumber("exp", now + LifetimeSeconds);
            json.WriteNumber("auth_time", authentication.At.ToUnixTimeSeconds());
            if (authentication.Nonce is not null) json.WriteString("nonce", authentication.Nonce);
            if (authentication.SessionId is not null) json.WriteString("sid", authentication.SessionId);
            json.WriteString("acr", PasswordAcr);
            json.WriteStartArray("amr");
            json.WriteStringValue("pwd"); // RFC 8176 §2.
            json.WriteEndArray();
            if (HashOf(accessToken.Span, content.Application.IdTokenSigningAlgorithm) is { } hash) json.WriteString("at_hash", hash);
            json.WriteEndObject();
        }
        return signer.SignAsync(Type, payload.WrittenMemory, content.Application.IdTokenSigningAlgorithm, cancellation);
    }

    // §3.1.3.6: the left half of the hash that belongs to the signature's algorithm; Ed25519 hashes with SHA-512 (RFC 8032 §5.1). No RFC names
    // one for ML-DSA, and the claim is optional.
    private static string? HashOf(ReadOnlySpan<byte> accessToken, string algorithm) => algorithm switch
    {
        _ when SigningAlgorithms.IsMlDsa(algorithm) => null,
        SigningAlgorithms.EdDsa or SigningAlgorithms.Ed25519 => Base64Url.EncodeToString(SHA512.HashData(accessToken).AsSpan(0, 32)),
        _ => Base64Url.EncodeToString(SHA256.HashData(accessToken).AsSpan(0, 16)),
    };
}
