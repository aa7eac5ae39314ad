using System.Buffers;
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
    RegisteredApplication Application, string Subject, ScopeSet Scope, IReadOnlyList<string> Audience, int LifetimeSeconds)
{
    /// <summary>The grant of a user that it descends from.</summary>
    public string? GrantId { get; init; }

    /// <summary>The thumbprint of the DPoP key that it is bound to; null for a bearer token.</summary>
    public string? DpopKey { get; init; }
}

/// <summary>Mints access tokens (RFC 9068): the only place that makes one.</summary>
public sealed class TokenIssuer(AuthServerOptions options, JwtSigner signer, TimeProvider clock)
{
    /// <summary>The compact serialization, as ASCII bytes.</summary>
    public byte[] Mint(TokenContent content)
    {
        // Tokens of the second in which all older ones were revoked are dated to the next one, so that they live.
        var issuedAt = Math.Max(clock.GetUtcNow().ToUnixTimeSeconds(), content.Application.TokensNotBefore);
        var claims = new AccessTokenClaims
        {
            Issuer = options.Issuer, Subject = content.Subject, Audience = AudienceOf(content), ClientId = content.Application.ClientId,
            Scope = content.Scope, IssuedAt = issuedAt, ExpiresAt = issuedAt + content.LifetimeSeconds, TokenId = AccessTokenClaims.NewTokenId(),
            GrantId = content.GrantId, DpopKey = content.DpopKey,
        };
        var payload = new ArrayBufferWriter<byte>(512);
        claims.WriteTo(payload);
        return signer.Sign("at+jwt", payload.WrittenSpan);
    }

    // What is known of the user is told by this server, so a token that opens it is meant for this server too.
    private IReadOnlyList<string> AudienceOf(TokenContent content) =>
        content.Scope.Contains(IdentityScope.OpenId) ? [.. content.Audience, options.Issuer] : content.Audience;
}
