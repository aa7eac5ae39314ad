using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Gatehouse.Store.Registry;

namespace Gatehouse.AuthServer.Issuing;

/// <summary>Mints logout tokens (OpenID Connect Back-Channel Logout §2.4): statements to an application that a session has ended.</summary>
public sealed class LogoutTokenIssuer(AuthServerOptions options, JwtSigner signer, TimeProvider clock)
{
    /// <summary>The type that keeps it from being taken for an ID token (§2.4).</summary>
    public const string Type = "logout+jwt";

    /// <summary>The member of <c>events</c> that says what it is.</summary>
    public const string Event = "http://schemas.openid.net/event/backchannel-logout";

    /// <summary>§4 recommends two minutes at most.</summary>
    private const int LifetimeSeconds = 120;

    /// <summary>The compact serialization, as ASCII bytes. Each has a <c>jti</c> of its own; none has a <c>nonce</c>.</summary>
    public ValueTask<byte[]> MintAsync(RegisteredApplication application, Guid userId, string sessionId, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var payload = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(payload))
        {
            json.WriteStartObject();
            json.WriteString("iss", options.Issuer);
            json.WriteString("aud", application.ClientId);
            json.WriteNumber("iat", now);
            json.WriteNumber("exp", now + LifetimeSeconds);
            json.WriteString("jti", Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)));
            json.WriteString("sub", userId.ToString());
            json.WriteString("sid", sessionId);
            json.WriteStartObject("events");
            json.WriteStartObject(Event);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return signer.SignAsync(Type, payload.WrittenMemory, application.IdTokenSigningAlgorithm, cancellation);
    }
}
