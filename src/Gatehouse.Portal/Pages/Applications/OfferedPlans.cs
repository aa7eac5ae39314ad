using Gatehouse.Store.Database;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Portal.Pages.Applications;

/// <summary>An API that a developer may ask for, with its plans.</summary>
internal sealed record OfferedApi(Guid Id, string Name, string Description, IReadOnlyList<OfferedPlan> Plans);

internal sealed record OfferedPlan(Guid Id, string Name, string Description, bool ApprovedByHand, int TokenLifetimeSeconds)
{
    /// <summary>In the unit that a person would use, rounded.</summary>
    public string TokenLifetime => TimeSpan.FromSeconds(TokenLifetimeSeconds) switch
    {
        { TotalMinutes: < 2 } => $"{TokenLifetimeSeconds} seconds",
        { TotalHours: < 2 } span => $"{Math.Round(span.TotalMinutes)} minutes",
        var span => $"{Math.Round(span.TotalHours)} hours",
    };
}

/// <summary>
/// What a developer may choose from. APIs without an upstream belong to Gatehouse itself: an operator gives access to them, and nobody
/// asks for it here.
/// </summary>
internal sealed class OfferedPlans(GatehouseDb db)
{
    public Task<List<OfferedApi>> ListAsync(Guid organizationId, CancellationToken cancellation) =>
        db.Apis.AsNoTracking().Where(api => api.OrganizationId == organizationId && api.Upstream != null)
            .OrderBy(api => api.Name).ThenBy(api => api.Id)
            .Select(api => new OfferedApi(api.Id, api.Name, api.Description, api.Plans
                .OrderBy(plan => plan.Name).ThenBy(plan => plan.Id)
                .Select(plan => new OfferedPlan(plan.Id, plan.Name, plan.Description, plan.ApprovedByHand, plan.TokenLifetimeSeconds))
                .ToList()))
            .AsSplitQuery().ToListAsync(cancellation);
}
