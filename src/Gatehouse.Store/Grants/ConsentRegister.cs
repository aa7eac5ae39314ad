using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Grants;

/// <summary>Remembers what a user has allowed an application.</summary>
public sealed class ConsentRegister(StoreDatabase database, TimeProvider clock)
{
    /// <summary>Of how many requests the authorization details are remembered; older ones are asked again.</summary>
    public const int MaxRemembered = 20;

    /// <summary>Whether the user has allowed all of these scopes before, and exactly these details together.</summary>
    public async Task<bool> CoversAsync(Guid applicationId, Guid userId, ScopeSet scope, AuthorizationDetails details, CancellationToken cancellation)
    {
        await using var db = database.Open();
        var consent = await db.Consents.AsNoTracking().SingleOrDefaultAsync(row => row.ApplicationId == applicationId && row.UserId == userId, cancellation);
        return consent is not null && Covers(consent, scope, details);
    }

    /// <summary>Adds to what the user has allowed.</summary>
    public Task<Outcome<Consent>> RememberAsync(
        Guid organizationId, Guid applicationId, Guid userId, ScopeSet scope, AuthorizationDetails details, Actor actor, CancellationToken cancellation) =>
        database.WriteAsync<Consent>(
            async db => await RememberAsync(db, clock.GetUtcNow(), organizationId, applicationId, userId, scope, details, actor, cancellation), cancellation);

    /// <summary>As above, as part of a larger transaction.</summary>
    internal static async Task<Consent> RememberAsync(
        GatehouseDb db, DateTimeOffset now, Guid organizationId, Guid applicationId, Guid userId, ScopeSet scope, AuthorizationDetails details, Actor actor,
        CancellationToken cancellation)
    {
        var consent = await db.Consents.SingleOrDefaultAsync(row => row.ApplicationId == applicationId && row.UserId == userId, cancellation);
        if (consent is null) db.Consents.Add(consent = new Consent { ApplicationId = applicationId, UserId = userId });
        var before = ScopeSet.TryParse(consent.Scope, out var allowed) ? allowed : ScopeSet.Empty;
        consent.Scope = ScopeSet.Of(before.Concat(scope)).ToString();
        if (details.Count > 0)
            consent.Details = string.Join('\n', DetailsOf(consent).Where(old => !old.SetEquals(details)).Prepend(details).Take(MaxRemembered).Select(one => one.Text));
        consent.GivenAt = now;
        // Which types, and not what stands in them: that is the user's.
        db.Audit(now, actor, organizationId, "consent.given", applicationId.ToString(), string.Join(' ', [.. scope, .. details.All.Select(detail => detail.Type)]));
        return consent;
    }

    /// <summary>
    /// Whether the consent is still there and covers all of this: by a statement on its row and not by a look, so that whoever takes it back at this
    /// moment waits for the end of this transaction and sees what it left, or this one sees that it is gone. One that was forgotten and given
    /// anew for something else covers that alone.
    /// </summary>
    internal static async Task<bool> HoldsAsync(
        StoreConnection store, Guid applicationId, Guid userId, ScopeSet scope, AuthorizationDetails details, CancellationToken cancellation)
    {
        var consent = await store.FindAsync(
            """UPDATE "Consents" SET "GivenAt" = "GivenAt" WHERE "ApplicationId" = @0 AND "UserId" = @1 RETURNING "Scope", "Details" """,
            row => new Consent { ApplicationId = applicationId, UserId = userId, Scope = row.Text(0), Details = row.Text(1) }, cancellation, applicationId, userId);
        return consent is not null && Covers(consent, scope, details);
    }

    /// <summary>
    /// Nothing that was allowed counts any more, and the user is asked again. The row stays: by it the user finds and takes back the access that lives on.
    /// </summary>
    internal static Task ForgetAsync(GatehouseDb db, Guid applicationId, CancellationToken cancellation) =>
        db.Consents.Where(row => row.ApplicationId == applicationId)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.Scope, string.Empty).SetProperty(row => row.Details, string.Empty), cancellation);

    private static bool IsForgotten(Consent consent) => consent.Scope.Length + consent.Details.Length == 0;

    private static bool Covers(Consent consent, ScopeSet scope, AuthorizationDetails details) =>
        !IsForgotten(consent) && scope.IsSubsetOf(ScopeSet.TryParse(consent.Scope, out var allowed) ? allowed : ScopeSet.Empty)
        && (details.Count == 0 || DetailsOf(consent).Any(details.SetEquals));

    /// <summary>The details that were allowed, by request, the newest first.</summary>
    public static IReadOnlyList<AuthorizationDetails> DetailsOf(Consent consent) =>
        [.. consent.Details.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(AuthorizationDetails.OfText)];
}
