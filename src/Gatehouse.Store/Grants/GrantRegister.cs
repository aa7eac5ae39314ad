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
        var outcome = await database.WinByStatementsAsync<string>(async store =>
        {
            var (now, asked) = (clock.GetUtcNow(), found.Interaction);
            if (!await HandleRegister.TryUseAsync(store, HandleKind.Interaction, found.Handle, found.Stored, now, cancellation)) return Outcome<string>.Conflict("answered");
            // Signed out between the decision and now: nobody would be told of the end any more.
            if (asked.SessionId is { } session && !await UserSessions.HoldsAsync(store, asked.UserId, session, cancellation)) return Outcome<string>.Conflict("signed out");
            // Taken back meanwhile: nobody would see what is given now, or could take it back.
            var scope = ScopeSet.TryParse(asked.Scope, out var allowed) ? allowed : ScopeSet.Empty;
            if (!await ConsentRegister.HoldsAsync(store, asked.ApplicationId, asked.UserId, scope, AuthorizationDetails.OfText(asked.Details), cancellation)) return Outcome<string>.Conflict("taken back");
            var grant = Waiting(Guid.CreateVersion7(), asked.ApplicationId, asked.UserId, asked.Scope, asked.AuthenticatedAt, now, AuthorizationCode.Lifetime);
            grant.SessionId = asked.SessionId ?? string.Empty;
            await AddAsync(store, grant, cancellation);
            var value = HandleRegister.NewValue();
            if (!await HandleRegister.TryPutAsync(
                store, HandleKind.AuthorizationCode, value, GrantJson.Write(ToCode(asked, grant.Id)), now + AuthorizationCode.Lifetime, cancellation))
                throw new InvalidOperationException("The code stands for something else.");
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
        var outcome = await database.WinByStatementsAsync<Redeemed>(async store =>
        {
            var now = clock.GetUtcNow();
            if (!await HandleRegister.TryUseAsync(store, HandleKind.AuthorizationCode, found.Value, now, cancellation))
            {
                await EndAsync(store, found.Code.GrantId, now, cancellation);
                return new Redeemed(IsWon: false);
            }
            return await GiveAsync(store, found.Code.GrantId, now, new GrantContent { Confirmation = binding, Resources = found.Code.Resources, Details = found.Code.Details },
                withRefreshToken, cancellation);
        }, cancellation);
        return outcome.Value ?? throw new DbUpdateException(outcome.Message);
    }

    /// <summary>Uses the device code of a request that the user has granted.</summary>
    public async Task<Redeemed> RedeemDeviceAsync(
        string deviceCode, DeviceRequest request, bool withRefreshToken, Confirmation? binding, CancellationToken cancellation)
    {
        var outcome = await database.WinByStatementsAsync<Redeemed>(async store =>
        {
            var now = clock.GetUtcNow();
            if (await HandleRegister.TryUseAsync(store, HandleKind.DeviceCode, deviceCode, now, cancellation))
                return await GiveAsync(store, request.GrantId, now, new GrantContent { Confirmation = binding, Resources = request.Resources, Details = request.Details },
                    withRefreshToken, cancellation);
            await EndAsync(store, request.GrantId, now, cancellation); // Two hold the code, as with one that comes a second time.
            return new Redeemed(IsWon: false);
        }, cancellation);
        return outcome.Value ?? throw new DbUpdateException(outcome.Message);
    }

    /// <summary>Ends a grant: no token of it works from now on, also when whoever asked for it does not wait.</summary>
    public async Task EndAsync(Guid grantId)
    {
        var outcome = await database.WinByStatementsAsync<Redeemed>(async store =>
        {
            await EndAsync(store, grantId, clock.GetUtcNow(), CancellationToken.None);
            return new Redeemed(IsWon: false);
        }, CancellationToken.None, endsAccess: true);
        if (!outcome.Succeeded) throw new DbUpdateException(outcome.Message);
    }

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
            foreach (var grant in grants) await EndAsync(StoreConnection.Within(db), grant, now, cancellation);
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
        StoreConnection store, Guid grantId, DateTimeOffset now, GrantContent content, bool withRefreshToken, CancellationToken cancellation)
    {
        var expiresAt = now + lifetimes.Absolute;
        var won = await store.ExecuteAsync(
            """UPDATE "Grants" SET "ExpiresAt" = @1, "Content" = @2 WHERE "Id" = @0 AND "EndedAt" IS NULL""",
            cancellation, grantId, expiresAt, GrantJson.Write(content));
        if (won != 1) return new Redeemed(IsWon: false);
        return new Redeemed(IsWon: true, withRefreshToken
            ? await RefreshTokenRegister.AddAsync(store, grantId, now, lifetimes.IdleEnd(expiresAt, now), cancellation) : null);
    }

    private static async Task AddAsync(StoreConnection store, Grant grant, CancellationToken cancellation) => await store.ExecuteAsync(
        """
        INSERT INTO "Grants" ("Id", "ApplicationId", "UserId", "Scope", "Content", "SessionId", "AuthenticatedAt", "CreatedAt", "ExpiresAt")
        VALUES (@0, @1, @2, @3, @4, @5, @6, @7, @8)
        """,
        cancellation, grant.Id, grant.ApplicationId, grant.UserId, grant.Scope, grant.Content, grant.SessionId, grant.AuthenticatedAt, grant.CreatedAt, grant.ExpiresAt);

    // The access tokens of the grant die everywhere with one row; it is kept for as long as the longest-lived of them.
    internal static async Task EndAsync(StoreConnection store, Guid grantId, DateTimeOffset now, CancellationToken cancellation)
    {
        var won = await store.ExecuteAsync("""UPDATE "Grants" SET "EndedAt" = @1 WHERE "Id" = @0 AND "EndedAt" IS NULL""", cancellation, grantId, now);
        if (won != 1) return; // It had ended, or never began to give anything.
        var name = RevokedToken.OfGrant(grantId.ToString());
        await store.ExecuteAsync(
            """INSERT INTO "RevokedTokens" ("TokenId", "ExpiresAt") VALUES (@0, @1)""", cancellation, name, now.AddSeconds(Plan.DefaultTokenLifetimeSeconds + 60));
        await store.AnnounceAsync(now, ChangeKind.RevokedToken, name, cancellation);
    }

    private static AuthorizationCode ToCode(AuthorizationInteraction asked, Guid grantId) => new()
    {
        GrantId = grantId, ApplicationId = asked.ApplicationId, UserId = asked.UserId, RedirectUri = asked.RedirectUri,
        CodeChallenge = asked.CodeChallenge, Scope = asked.Scope, Resources = asked.Resources, Details = asked.Details, Nonce = asked.Nonce,
        DpopKey = asked.DpopKey, AuthenticatedAt = asked.AuthenticatedAt, SessionId = asked.SessionId,
    };
}
