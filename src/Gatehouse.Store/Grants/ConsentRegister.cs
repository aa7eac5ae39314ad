using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Grants;

/// <summary>Remembers what a user has allowed an application.</summary>
public sealed class ConsentRegister(StoreDatabase database, TimeProvider clock)
{
    /// <summary>Whether the user has allowed all of these scopes before.</summary>
    public async Task<bool> CoversAsync(Guid applicationId, Guid userId, ScopeSet scope, CancellationToken cancellation)
    {
        await using var db = database.Open();
        var consent = await db.Consents.AsNoTracking().SingleOrDefaultAsync(row => row.ApplicationId == applicationId && row.UserId == userId, cancellation);
        return consent is not null && ScopeSet.TryParse(consent.Scope, out var allowed) && scope.IsSubsetOf(allowed);
    }

    /// <summary>Adds to what the user has allowed.</summary>
    public Task<Outcome<Consent>> RememberAsync(
        Guid organizationId, Guid applicationId, Guid userId, ScopeSet scope, Actor actor, CancellationToken cancellation) =>
        database.WriteAsync<Consent>(async db =>
        {
            var now = clock.GetUtcNow();
            var consent = await db.Consents.SingleOrDefaultAsync(row => row.ApplicationId == applicationId && row.UserId == userId, cancellation);
            if (consent is null) db.Consents.Add(consent = new Consent { ApplicationId = applicationId, UserId = userId });
            var before = ScopeSet.TryParse(consent.Scope, out var allowed) ? allowed : ScopeSet.Empty;
            consent.Scope = ScopeSet.Of(before.Concat(scope)).ToString();
            consent.GivenAt = now;
            db.Audit(now, actor, organizationId, "consent.given", applicationId.ToString(), scope.ToString());
            return consent;
        }, cancellation);
}
