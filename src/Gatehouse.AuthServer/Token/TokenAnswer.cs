using System.Buffers;
using System.Text.Json;
using Gatehouse.AuthServer.Issuing;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Vocabulary;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer.Token;

/// <summary>What is handed out; all but the access token may be absent.</summary>
internal readonly record struct IssuedTokens(byte[] AccessToken, string? RefreshToken, byte[]? IdToken)
{
    /// <summary>Whether the answer says what kind of token it holds (RFC 8693 §2.2.1).</summary>
    public bool IsTypeStated { get; init; }

    public override string ToString() => "[tokens]";
}

/// <summary>The answer that holds a token (RFC 6749 §5.1).</summary>
internal static class TokenAnswer
{
    public static Task WriteAsync(HttpResponse response, TokenContent content, bool isScopeStated, IssuedTokens tokens)
    {
        var body = JsonScratch.Rent();
        var json = body.Json;
        json.WriteStartObject();
        json.WriteString("access_token"u8, tokens.AccessToken);
        json.WriteString("token_type"u8, content.Confirmation?.Method == ConfirmationMethod.DpopKey ? "DPoP"u8 : "Bearer"u8);
        if (tokens.IsTypeStated) json.WriteString("issued_token_type", TokenTypes.AccessToken);
        json.WriteNumber("expires_in"u8, content.LifetimeSeconds);
        if (tokens.RefreshToken is not null) json.WriteString("refresh_token"u8, tokens.RefreshToken);
        if (tokens.IdToken is not null) json.WriteString("id_token"u8, tokens.IdToken);
        if (isScopeStated && content.Scope.Count > 0) json.WriteString("scope"u8, content.Scope.ToString());
        content.Details.WriteTo(json); // RFC 9396 §7.
        json.WriteEndObject();
        json.Flush();
        response.ContentType = "application/json";
        response.ContentLength = body.Written.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.Pragma = "no-cache";
        response.BodyWriter.Write(body.Written);
        body.Wipe();
        var flush = response.BodyWriter.FlushAsync();
        if (!flush.IsCompletedSuccessfully) return flush.AsTask();
        flush.GetAwaiter().GetResult();
        return Task.CompletedTask;
    }
}
