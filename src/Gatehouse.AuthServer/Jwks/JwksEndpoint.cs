using System.Buffers;
using System.Text.Json;
using Gatehouse.Store.Registry;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer.Jwks;

/// <summary><c>GET /pf/JWKS</c>: the public keys that tokens are verified with (RFC 7517 §5).</summary>
public sealed class JwksEndpoint(VerificationKeys keys)
{
    public async Task HandleAsync(HttpContext http)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteStartArray("keys");
            foreach (var key in keys.Current) json.WriteRawValue(key.Json);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        http.Response.ContentType = "application/jwk-set+json";
        http.Response.Headers.CacheControl = "public, max-age=300";
        http.Response.Headers.AccessControlAllowOrigin = "*"; // Public, and read by applications that run in browsers.
        http.Response.ContentLength = body.WrittenCount;
        await http.Response.Body.WriteAsync(body.WrittenMemory);
    }
}
