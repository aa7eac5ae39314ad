using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;

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
            // §3.1.3.6: the left half of the hash that belongs to the signature's algorithm.
            json.WriteString("at_hash", Base64Url.EncodeToString(SHA256.HashData(accessToken.Span).AsSpan(0, 16)));
            json.WriteEndObject();
        }
        return signer.SignAsync(Type, payload.WrittenMemory, content.Application.IdTokenSigningAlgorithm, cancellation);
    }
}
