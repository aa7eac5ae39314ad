using System.ComponentModel;
using System.Text.Json.Serialization;
using Gatehouse.Admin.Access;
using Gatehouse.Admin.Answers;
using Gatehouse.Admin.Requests;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Bearer;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Gatehouse.Admin.Tokens;

internal sealed record TokenRevocationRequest
{
    [JsonPropertyName("jti"), Description("The token's id. Give this, or the token.")]
    public string? TokenId { get; init; }

    [JsonPropertyName("exp"), JsonNumberHandling(JsonNumberHandling.Strict)]
    [Description("The token's exp in seconds, so that the revocation need not be kept longer. "
        + "Left out: the longest lifetime from now.")]
    public long? ExpiresAt { get; init; }

    [JsonPropertyName("token"), Description("The whole access token. It must be one of this organization's.")]
    public string? Token { get; init; }

    /// <summary>It may hold a token.</summary>
    public override string ToString() => TokenId ?? "[access token]";
}

internal sealed record RevokedTokenBody
{
    [JsonPropertyName("jti")]
    public required string TokenId { get; init; }

    [JsonPropertyName("refused_until"), Description("When the revocation is forgotten, because the token will have expired.")]
    public required DateTimeOffset RefusedUntil { get; init; }
}

/// <summary>Single access tokens.</summary>
internal static class TokenEndpoints
{
    private const long LatestInstant = 1L << 37;

    public static void MapTokens(this RouteGroupBuilder group) =>
        group.MapPost("/tokens/revoke", RevokeAsync).WithTags("Tokens").WithName("revokeToken").WithSummary("Revoke one access token")
            .WithDescription("By its jti, or by the whole token. It is refused everywhere within one second. Revoking it again changes nothing.")
            .Refuses(400, 404, 409, 413, 415, 422);

    private static async Task<Results<Ok<RevokedTokenBody>, Refused>> RevokeAsync(
        JsonBody<TokenRevocationRequest> body, Tenant tenant, AdminCaller caller, AdminAccess access, TokenRevocation operations, TimeProvider clock,
        CancellationToken cancellation)
    {
        var request = body.Value;
        if (request.Token is null == request.TokenId is null) return Refused.Invalid("jti", "Give either jti or token.");
        var (tokenId, expiresAt) = (request.TokenId, request.ExpiresAt);
        if (request.Token is { } token)
        {
            if (token.Length > BearerToken.MaxLength || access.Verify(token, out var verified) != AccessTokenFailure.None || verified is null)
                return Refused.Invalid("token", "This is no access token of this server, or it has expired and needs no revocation.");
            if (await tenant.FindApplicationAsync(verified.Claims.ClientId, cancellation) is null) return Refused.NotFound("token");
            (tokenId, expiresAt) = (verified.Claims.TokenId, verified.Claims.ExpiresAt);
        }
        // A row with an expiry in the past would be forgotten at once and the token live on, should the caller be wrong about it.
        if (expiresAt is { } seconds && (seconds <= clock.GetUtcNow().ToUnixTimeSeconds() || seconds > LatestInstant))
            return Refused.Invalid("exp", "Give the token's exp in seconds since 1970. "
                + "This one has passed, or is out of range; leave it out when unsure.");
        var until = expiresAt is { } instant ? DateTimeOffset.FromUnixTimeSeconds(instant) : (DateTimeOffset?)null;
        var outcome = await operations.RevokeAsync(caller.OrganizationId, tokenId!, until, caller.Actor, cancellation);
        return outcome.Value is { } revoked
            ? TypedResults.Ok(new RevokedTokenBody { TokenId = revoked.TokenId, RefusedUntil = revoked.ExpiresAt })
            : Refused.Of(outcome);
    }
}
