using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Registry;

namespace Gatehouse.AuthServer.Issuing;

/// <summary>What a token is to say; the grant and the scope policy have decided it.</summary>
/// <param name="Application">The application that asked.</param>
/// <param name="Subject">Whom the token speaks for.</param>
/// <param name="Scope">The granted scopes.</param>
/// <param name="Audience">The resource identifiers of the APIs it opens.</param>
/// <param name="LifetimeSeconds">Seconds until it expires.</param>
public sealed record TokenContent(
    RegisteredApplication Application, string Subject, ScopeSet Scope, IReadOnlyList<string> Audience, int LifetimeSeconds);

/// <summary>Mints access tokens (RFC 9068): the only place that signs one.</summary>
public sealed class TokenIssuer(AuthServerOptions options, SigningKeys keys, TimeProvider clock)
{
    private const int SignatureLength = 64;

    /// <summary>The compact serialization, as ASCII bytes.</summary>
    public byte[] Mint(TokenContent content)
    {
        // Tokens of the second in which all older ones were revoked are dated to the next one, so that they live.
        var issuedAt = Math.Max(clock.GetUtcNow().ToUnixTimeSeconds(), content.Application.TokensNotBefore);
        var claims = new AccessTokenClaims
        {
            Issuer = options.Issuer, Subject = content.Subject, Audience = content.Audience, ClientId = content.Application.ClientId,
            Scope = content.Scope, IssuedAt = issuedAt, ExpiresAt = issuedAt + content.LifetimeSeconds, TokenId = AccessTokenClaims.NewTokenId(),
        };
        var payload = new ArrayBufferWriter<byte>(512);
        claims.WriteTo(payload);
        return Sign(keys.Active, payload.WrittenSpan);
    }

    private static byte[] Sign(SigningKey key, ReadOnlySpan<byte> payload)
    {
        var header = Encoding.ASCII.GetBytes($$"""{"alg":"ES256","typ":"at+jwt","kid":"{{key.Kid}}"}""");
        var token = new byte[Base64Url.GetEncodedLength(header.Length) + Base64Url.GetEncodedLength(payload.Length)
            + Base64Url.GetEncodedLength(SignatureLength) + 2];
        var length = Base64Url.EncodeToUtf8(header, token);
        token[length++] = (byte)'.';
        length += Base64Url.EncodeToUtf8(payload, token.AsSpan(length));
        Span<byte> signature = stackalloc byte[SignatureLength];
        key.Sign(token.AsSpan(0, length), signature);
        token[length++] = (byte)'.';
        Base64Url.EncodeToUtf8(signature, token.AsSpan(length));
        return token;
    }
}
