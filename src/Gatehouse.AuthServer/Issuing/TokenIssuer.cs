using System.Buffers;
using System.Text;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Jose;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Handles;
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
    /// <summary>The second in which its request began, as <see cref="TokenIssuer.DateOf"/> gives it.</summary>
    public required long IssuedAt { get; init; }

    /// <summary>The grant of a user that it descends from.</summary>
    public string? GrantId { get; init; }

    /// <summary>What it is bound to; null for a bearer token.</summary>
    public Confirmation? Confirmation { get; init; }

    /// <summary>Who acts for the subject (RFC 8693 §4.1).</summary>
    public ActorClaim? Actor { get; init; }

    /// <summary>The tokens that are exchanged for it.</summary>
    public IReadOnlyList<TokenOrigin> Origins { get; init; } = [];

    /// <summary>What it allows in detail (RFC 9396 §9.1).</summary>
    public AuthorizationDetails Details { get; init; } = AuthorizationDetails.None;
}

/// <summary>Issues access tokens: the only place that makes one.</summary>
public sealed class TokenIssuer(AuthServerOptions options, JwtSigner signer, ApiCatalog apis, HandleRegister handles, TimeProvider clock)
{
    /// <summary>
    /// The date of a token that is asked for now. It is taken before the request is decided: what is revoked while that looks at the grant dies
    /// by its date, however late the token is made. Tokens of the seconds in which all older ones were revoked are dated to the end of them, so
    /// that they live.
    /// </summary>
    public long DateOf(RegisteredApplication application) => Math.Max(clock.GetUtcNow().ToUnixTimeSeconds(), application.TokensNotBefore);

    /// <summary>A JWT (RFC 9068), or a reference when the application or an API of the audience wants one; as ASCII bytes.</summary>
    public ValueTask<byte[]> IssueAsync(TokenContent content, CancellationToken cancellation)
    {
        var claims = Describe(content);
        var (isReference, algorithm) = WishesOf(content);
        if (isReference) return IssueReferenceAsync(claims, cancellation);
        if (algorithm is not null) return signer.SignAsync("at+jwt", PayloadOf(claims), algorithm, cancellation);
        // The usual one, without a buffer of its own: nothing is awaited.
        var scratch = JsonScratch.Rent();
        scratch.Json.WriteStartObject();
        claims.WriteMembersTo(scratch.Json);
        scratch.Json.WriteEndObject();
        scratch.Json.Flush();
        return new(signer.Sign("at+jwt", scratch.Written));
    }

    private static ReadOnlyMemory<byte> PayloadOf(AccessTokenClaims claims)
    {
        var payload = new ArrayBufferWriter<byte>(512);
        claims.WriteTo(payload);
        return payload.WrittenMemory;
    }

    // What the application and the APIs of the audience want: a reference, or an algorithm that is not the usual one. This program's own APIs,
    // which are not behind the gateway, take JWTs alone.
    private (bool IsReference, string? Algorithm) WishesOf(TokenContent content)
    {
        var (wantsReference, isBehindGateway, algorithm) = (content.Application.UsesReferenceTokens, true, (string?)null);
        var snapshot = apis.Current;
        for (var place = 0; place < content.Audience.Count; place++) // Counted: to enumerate a list takes an object.
        {
            if (snapshot.WithResource(content.Audience[place]) is not { } api) continue;
            wantsReference |= api.UsesReferenceTokens;
            isBehindGateway &= api.Upstream is not null;
            if (algorithm is null && api.SigningAlgorithm != SigningAlgorithms.Default) algorithm = api.SigningAlgorithm;
        }
        // FAPI 2.0 §5.4.1.
        if (algorithm is not null && content.Application.IsFapi && !SigningAlgorithms.Fapi.Contains(algorithm))
            algorithm = algorithm == SigningAlgorithms.Rs256 ? SigningAlgorithms.Ps256 : null;
        return (wantsReference && isBehindGateway, algorithm);
    }

    private async ValueTask<byte[]> IssueReferenceAsync(AccessTokenClaims claims, CancellationToken cancellation)
    {
        var token = ReferenceTokens.NewValue();
        await handles.PutAsync(HandleKind.ReferenceToken, token, Encoding.UTF8.GetString(PayloadOf(claims).Span), DateTimeOffset.FromUnixTimeSeconds(claims.ExpiresAt), cancellation);
        return Encoding.ASCII.GetBytes(token);
    }

    private AccessTokenClaims Describe(TokenContent content) => new()
    {
        Issuer = options.Issuer, Subject = content.Subject, Audience = AudienceOf(content), ClientId = content.Application.ClientId,
        Scope = content.Scope, IssuedAt = content.IssuedAt, ExpiresAt = content.IssuedAt + content.LifetimeSeconds, TokenId = AccessTokenClaims.NewTokenId(),
        GrantId = content.GrantId, Confirmation = content.Confirmation, Actor = content.Actor, Origins = content.Origins, Details = content.Details,
    };

    // What is known of the user is told by this server, so a token that opens it is meant for this server too.
    private IReadOnlyList<string> AudienceOf(TokenContent content) =>
        content.Scope.Contains(IdentityScope.OpenId) ? [.. content.Audience, options.Issuer] : content.Audience;
}
