using System.Buffers;
using System.Text.Json;
using Gatehouse.AuthServer.Requests;
using Gatehouse.AuthServer.SenderConstraint;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Bearer;
using Gatehouse.Protocol.Certificates;
using Gatehouse.Protocol.Dpop;
using Gatehouse.Protocol.Jose;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.AuthServer.UserInfo;

/// <summary><c>GET</c> or <c>POST /idp/userinfo.openid</c> (OpenID Connect Core §5.3): what the user lets the application know.</summary>
public sealed class UserInfoEndpoint(PresentedTokens tokens, AccessCheck accessCheck, DpopProofs proofs, StoreDatabase database, AuthServerOptions options)
{
    private static readonly ChallengedResource Realm = new("userinfo");

    public async Task HandleAsync(HttpContext http)
    {
        http.Response.Headers.CacheControl = "no-store";
        try
        {
            var headers = http.Request.Headers.Authorization;
            if (headers.Count == 0) Refuse(http, StatusCodes.Status401Unauthorized, BearerChallenge.Missing(Realm));
            else if (headers.Count > 1) Refuse(http, StatusCodes.Status400BadRequest, BearerChallenge.InvalidRequest(Realm, "Send exactly one Authorization header."));
            else await AnswerAsync(http, headers.ToString());
        }
        catch (Exception exception) when (StoreFault.IsAway(exception) && !http.Response.HasStarted)
        {
            http.Response.Headers.RetryAfter = "2";
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }

    private async Task AnswerAsync(HttpContext http, string authorization)
    {
        // 1. The token, and the proof of its key when it is bound to one.
        if (!BearerToken.TryParse(authorization, out var text) || await tokens.ReadAsync(text.ToString(), http.RequestAborted) is not { } claims)
        {
            Refuse(http, StatusCodes.Status401Unauthorized, BearerChallenge.InvalidToken(Realm, "The access token is malformed, expired or of another server."));
            return;
        }
        if (CheckProof(http, authorization, claims, out var proof) is { } unproven)
        {
            Refuse(http, StatusCodes.Status401Unauthorized, unproven);
            return;
        }

        // 2. Whether it still counts, and opens this.
        var access = await accessCheck.CheckLifeAsync(claims);
        if (access.Failure == AccessFailure.StoreUnknown) throw new TimeoutException("The store did not answer.");
        var user = access.Failure == AccessFailure.None && claims.Audience.Contains(options.Issuer, StringComparer.Ordinal)
            ? await FindUserAsync(claims.Subject, http.RequestAborted) : null;
        if (user is null)
        {
            Refuse(http, StatusCodes.Status401Unauthorized, BearerChallenge.InvalidToken(Realm, "The access token was revoked, or is not meant for this."));
            return;
        }
        if (!claims.Scope.Contains(IdentityScope.OpenId))
        {
            Refuse(http, StatusCodes.Status403Forbidden, BearerChallenge.InsufficientScope(Realm with { Scope = IdentityScope.OpenId }));
            return;
        }

        if (access.Application is { IsFapi: true } && proof is not null && !SigningAlgorithms.Fapi.Contains(proof.Algorithm))
        {
            Refuse(http, StatusCodes.Status401Unauthorized, DpopChallenge.InvalidProof(Realm));
            return;
        }

        // 3. Use up the proof, answer.
        if (await proofs.ConsumeAsync(http, proof) is not null)
        {
            Refuse(http, StatusCodes.Status401Unauthorized, DpopChallenge.InvalidProof(Realm));
            return;
        }
        await WriteAsync(http, claims.Scope, user);
    }

    private string? CheckProof(HttpContext http, string authorization, AccessTokenClaims claims, out DpopProof? proof)
    {
        proof = null;
        var isDpop = BearerToken.IsDpop(authorization);
        if (claims.Confirmation is null) return isDpop ? BearerChallenge.InvalidToken(Realm, "The access token is bound to no key.") : null;
        if (claims.Confirmation is { Method: ConfirmationMethod.Certificate } certificate)
        {
            return !isDpop && http.Features.Get<ClientCertificate>()?.Confirmation == certificate
                ? null : BearerChallenge.InvalidToken(Realm, "The access token is bound to a client certificate that the connection did not show.");
        }
        if (!isDpop) return DpopChallenge.InvalidToken(Realm);
        if (!BearerToken.TryParse(authorization, out var text)) return DpopChallenge.InvalidToken(Realm);
        var failure = proofs.Read(http, AuthServerOptions.UserInfoPath, text, out proof);
        if (failure == OAuthFailure.UseDpopNonce) return DpopChallenge.UseNonce(Realm);
        return failure is null && Confirmation.OfDpopKey(proof!.Thumbprint) == claims.Confirmation ? null : DpopChallenge.InvalidProof(Realm);
    }

    private async Task<PortalUser?> FindUserAsync(string subject, CancellationToken cancellation)
    {
        if (!Guid.TryParseExact(subject, "D", out var id)) return null; // An application that speaks for itself is no user.
        await using var db = database.Open();
        return await db.Users.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellation);
    }

    private static async Task WriteAsync(HttpContext http, ScopeSet scope, PortalUser user)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("sub", user.Id.ToString());
            if (scope.Contains(IdentityScope.Profile) && user.DisplayName.Length > 0) json.WriteString("name", user.DisplayName);
            if (scope.Contains(IdentityScope.Email) && user.Email is not null)
            {
                json.WriteString("email", user.Email);
                json.WriteBoolean("email_verified", user.EmailConfirmed);
            }
            json.WriteEndObject();
        }
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.WrittenCount;
        await http.Response.Body.WriteAsync(body.WrittenMemory);
    }

    private static void Refuse(HttpContext http, int status, string challenge)
    {
        http.Response.StatusCode = status;
        http.Response.Headers.WWWAuthenticate = challenge;
    }
}
