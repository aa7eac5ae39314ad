using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Operations;

/// <summary>Changes what holds for a whole organization.</summary>
public sealed class OrganizationOperations(StoreDatabase database, TimeProvider clock)
{
    /// <summary>
    /// Switches show-once on or off. Switching on erases every encrypted copy in the same transaction; switching off brings none back, and
    /// only secrets made from then on can be shown again.
    /// </summary>
    public Task<Outcome<Organization>> ShowSecretsOnceAsync(Guid organizationId, bool once, Actor actor, CancellationToken cancellation = default) =>
        // A secret that is being made at this moment read the old value: one of the two is done again on what the other left.
        database.WriteAsync<Organization>(async db =>
        {
            var organization = await db.Organizations.SingleOrDefaultAsync(row => row.Id == organizationId, cancellation);
            if (organization is null) return Outcome<Organization>.NotFound("organization");
            if (organization.ShowSecretsOnce == once) return organization;
            organization.ShowSecretsOnce = once;
            var erased = once ? await EraseCopiesAsync(db, organizationId, cancellation) : 0;
            db.Audit(clock.GetUtcNow(), actor, organizationId, once ? "organization.show_once_on" : "organization.show_once_off",
                organizationId.ToString(), once ? $"{erased} copies erased" : string.Empty);
            return organization;
        }, cancellation);

    private static Task<int> EraseCopiesAsync(GatehouseDb db, Guid organizationId, CancellationToken cancellation) =>
        db.ApplicationSecrets
            .Where(secret => secret.EncryptedCopy != null
                && db.Applications.Any(row => row.Id == secret.ApplicationId && row.OrganizationId == organizationId))
            .ExecuteUpdateAsync(set => set.SetProperty(secret => secret.EncryptedCopy, (byte[]?)null), cancellation);
}
