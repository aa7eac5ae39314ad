using System.Text.Json;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Handles;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Sessions;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Grants;

/// <summary>A code as it was found; used ones are found until they expire.</summary>
public sealed record FoundCode(string Value, AuthorizationCode Code, bool IsUsed);

/// <summary>What redeeming a code or a refresh token gave.</summary>
/// <param name="IsWon">False when it had been used before: the grant has been ended then.</param>
/// <param name="RefreshToken">The refresh token to hand out, if any.</param>
public sealed record Redeemed(bool IsWon, string? RefreshToken = null);

/// <summary>
/// What users have given to applications: begun with a code, ended by the user, the application, or a code or refresh token that came twice.
/// </summary>
public sealed class GrantRegister(StoreDatabase database, HandleRegister handles, GrantLifetimes lifetimes, TimeProvider clock)
{
    /// <summary>Turns a granted interaction into a code, once. Null when it was answered meanwhile.</summary>
    public async Task<string?> BeginAsync(FoundInteraction found, CancellationToken cancellation)
    {
        var outcome = await database.WinAsync<string>(async db =>
        {
            var (now, asked) = (clock.GetUtcNow(), found.Interaction);
            var key = HandleRegister.KeyOf(HandleKind.Interaction, found.Handle);
            var won = await db.Handles.Where(row => row.Key == key && row.UsedAt == null && row.Content == found.Stored)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.UsedAt, now), cancellation);
            if (won != 1) return Outcome<string>.Conflict("answered");
            // Signed out between the decision and now: nobody would be told of the end any more.
            if (asked.SessionId is { } session && !await UserSessions.HoldsAsync(db, asked.UserId, session, cancellation)) return Outcome<string>.Conflict("signed out");
            // Taken back meanwhile: nobody would see what is given now, or could take it back.
            var scope = ScopeSet.TryParse(asked.Scope, out var allowed) ? allowed : ScopeSet.Empty;
            if (!await ConsentRegister.HoldsAsync(db, asked.ApplicationId, asked.UserId, scope, AuthorizationDetails.OfText(asked.Details), cancellation)) return Outcome<string>.Conflict("taken back");
            var grant = Waiting(Guid.CreateVersion7(), asked.ApplicationId, asked.UserId, asked.Scope, asked.AuthenticatedAt, now, AuthorizationCode.Lifetime);
            grant.SessionId = asked.SessionId ?? string.Empty;
            db.Grants.Add(grant);
            var value = HandleRegister.NewValue();
            db.Handles.Add(new Handle
            {
                Key = HandleRegister.KeyOf(HandleKind.AuthorizationCode, value),
                Content = GrantJson.Write(ToCode(asked, grant.Id)), ExpiresAt = now + AuthorizationCode.Lifetime,
            });
            return value;
        }, cancellation);
        return outcome.Value;
    }

    public async Task<FoundCode?> FindCodeAsync(string value, CancellationToken cancellation) =>
        await handles.FindAsync(HandleKind.AuthorizationCode, value, cancellation) is { } row
        && JsonSerializer.Deserialize(row.Content, GrantJson.Default.AuthorizationCode) is { } code
            ? new FoundCode(value, code, row.UsedAt is not null) : null;

    /// <summary>Uses the code. One that was used before ends the grant instead (RFC 6749 §4.1.2).</summary>
    /// <param name="found">The code.</param>
    /// <param name="withRefreshToken">Whether the application gets a refresh token.</param>
    /// <param name="binding">What the refresh tokens are bound to from now on (RFC 9449 §5, RFC 8705 §4); null: nothing.</param>
    public async Task<Redeemed> RedeemAsync(FoundCode found, bool withRefreshToken, Confirmation? binding, CancellationToken cancellation)
    {
        var outcome = await database.WinAsync<Redeemed>(async db =>
        {
            var now = clock.GetUtcNow();
            if (!await HandleRegister.TryUseAsync(db, HandleKind.AuthorizationCode, found.Value, now, cancellation))
            {
                await EndAsync(db, found.Code.GrantId, now, cancellation);
                return new Redeemed(IsWon: false);
            }
            return await GiveAsync(db, found.Code.GrantId, now, new GrantContent { Confirmation = binding, Resources = found.Code.Resources, Details = found.Code.Details },
                withRefreshToken, cancellation);
        }, cancellation);
        return outcome.Value ?? throw new DbUpdateException(outcome.Message);
    }

    /// <summary>Uses the device code of a request that the user has granted.</summary>
    public async Task<Redeemed> RedeemDeviceAsync(
        string deviceCode, DeviceRequest request, bool withRefreshToken, Confirmation? binding, CancellationToken cancellation)
    {
        var outcome = await database.WinAsync<Redeemed>(async db =>
        {
            var now = clock.GetUtcNow();
            if (await HandleRegister.TryUseAsync(db, HandleKind.DeviceCode, deviceCode, now, cancellation))
                return await GiveAsync(db, request.GrantId, now, new GrantContent { Confirmation = binding, Resources = request.Resources, Details = request.Details },
                    withRefreshToken, cancellation);
            await EndAsync(db, request.GrantId, now, cancellation); // Two hold the code, as with one that comes a second time.
            return new Redeemed(IsWon: false);
        }, cancellation);
        return outcome.Value ?? throw new DbUpdateException(outcome.Message);
    }

    /// <summary>Ends a grant: no token of it works from now on.</summary>
    public Task EndAsync(Guid grantId, CancellationToken cancellation) => database.WinAsync<Redeemed>(async db =>
    {
        await EndAsync(db, grantId, clock.GetUtcNow(), cancellation);
        return new Redeemed(IsWon: false);
    }, cancellation);

    /// <summary>Takes back all that a user has given to an application.</summary>
    public Task<Outcome<Consent>> TakeBackAsync(Guid applicationId, Guid userId, Actor actor, CancellationToken cancellation) =>
        database.WriteAsync<Consent>(async db =>
        {
            var now = clock.GetUtcNow();
            var consent = await db.Consents.Include(row => row.Application)
                .SingleOrDefaultAsync(row => row.ApplicationId == applicationId && row.UserId == userId, cancellation);
            if (consent is null) return Outcome<Consent>.NotFound("application");
            db.Consents.Remove(consent);
            var grants = await db.Grants.Where(row => row.ApplicationId == applicationId && row.UserId == userId && row.EndedAt == null)
                .Select(row => row.Id).ToListAsync(cancellation);
            foreach (var grant in grants) await EndAsync(db, grant, now, cancellation);
            db.Audit(now, actor, consent.Application!.OrganizationId, "consent.taken_back", applicationId.ToString(), consent.Application.Name);
            return consent;
        }, cancellation);

    /// <summary>What is granted and not redeemed yet: it ends with its code, and like everything that a user gave.</summary>
    internal static Grant Waiting(Guid id, Guid applicationId, Guid userId, string scope, DateTimeOffset authenticatedAt, DateTimeOffset now, TimeSpan codeLifetime) => new()
    {
        Id = id, ApplicationId = applicationId, UserId = userId, Scope = scope, AuthenticatedAt = authenticatedAt, CreatedAt = now,
        ExpiresAt = now + codeLifetime + codeLifetime,
    };

    // A statement, not a look: whoever ends the grant at this moment waits for it, or it for them.
    private async Task<Redeemed> GiveAsync(
        GatehouseDb db, Guid grantId, DateTimeOffset now, GrantContent content, bool withRefreshToken, CancellationToken cancellation)
    {
        var expiresAt = now + lifetimes.Absolute;
        if (await db.Grants.Where(row => row.Id == grantId && row.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.ExpiresAt, expiresAt), cancellation) != 1) return new Redeemed(IsWon: false);
        var grant = await db.Grants.SingleAsync(row => row.Id == grantId, cancellation);
        grant.Content = GrantJson.Write(content);
        return new Redeemed(IsWon: true, withRefreshToken ? RefreshTokenRegister.Add(db, grant, lifetimes, now).Text : null);
    }

    // The access tokens of the grant die everywhere with one row; it is kept for as long as the longest-lived of them.
    internal static async Task EndAsync(GatehouseDb db, Guid grantId, DateTimeOffset now, CancellationToken cancellation)
    {
        var won = await db.Grants.Where(row => row.Id == grantId && row.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.EndedAt, now), cancellation);
        if (won != 1) return; // It had ended, or never began to give anything.
        var name = RevokedToken.OfGrant(grantId.ToString());
        db.RevokedTokens.Add(new RevokedToken { TokenId = name, ExpiresAt = now.AddSeconds(Plan.DefaultTokenLifetimeSeconds + 60) });
        db.Announce(now, ChangeKind.RevokedToken, name);
    }

    private static AuthorizationCode ToCode(AuthorizationInteraction asked, Guid grantId) => new()
    {
        GrantId = grantId, ApplicationId = asked.ApplicationId, UserId = asked.UserId, RedirectUri = asked.RedirectUri,
        CodeChallenge = asked.CodeChallenge, Scope = asked.Scope, Resources = asked.Resources, Details = asked.Details, Nonce = asked.Nonce,
        DpopKey = asked.DpopKey, AuthenticatedAt = asked.AuthenticatedAt, SessionId = asked.SessionId,
    };
}
