using System.Buffers;
using System.Text.Json;
using Gatehouse.AuthServer.Issuing;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Store.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Gatehouse.AuthServer.Introspection;

/// <summary>Writes what is known of a token: as JSON (RFC 7662 §2.2), or signed when the caller asks for that (RFC 9701 §5).</summary>
public sealed class IntrospectionAnswer(AuthServerOptions options, JwtSigner signer, TimeProvider clock)
{
    private const string SignedType = "token-introspection+jwt";
    private const string SignedMediaType = "application/" + SignedType;

    public Task WriteAsync(HttpContext http, RegisteredApplication caller, AccessTokenClaims? active)
    {
        var isSigned = IsSignedAskedFor(http.Request);
        var body = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(body))
        {
            if (isSigned) WriteStatement(json, caller, active);
            else WriteFacts(json, active);
        }
        var bytes = isSigned ? signer.Sign(SignedType, body.WrittenSpan) : body.WrittenMemory;
        http.Response.ContentType = isSigned ? SignedMediaType : "application/json";
        http.Response.ContentLength = bytes.Length;
        http.Response.Headers.CacheControl = "no-store";
        return http.Response.Body.WriteAsync(bytes).AsTask();
    }

    private static bool IsSignedAskedFor(HttpRequest request) =>
        MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted)
        && accepted.Any(type => type.Quality is not 0 && type.MediaType.Equals(SignedMediaType, StringComparison.OrdinalIgnoreCase));

    // RFC 9701 §5: the audience is the caller, and the facts stand in a claim of their own, so that this is never taken for the token.
    private void WriteStatement(Utf8JsonWriter json, RegisteredApplication caller, AccessTokenClaims? active)
    {
        json.WriteStartObject();
        json.WriteString("iss", options.Issuer);
        json.WriteString("aud", caller.ClientId);
        json.WriteNumber("iat", clock.GetUtcNow().ToUnixTimeSeconds());
        json.WritePropertyName("token_introspection");
        WriteFacts(json, active);
        json.WriteEndObject();
    }

    private static void WriteFacts(Utf8JsonWriter json, AccessTokenClaims? active)
    {
        json.WriteStartObject();
        json.WriteBoolean("active", active is not null);
        if (active is not null)
        {
            active.WriteMembersTo(json);
            json.WriteString("token_type", active.TokenType);
        }
        json.WriteEndObject();
    }
}
