using Gatehouse.Portal.Pages.Applications;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Portal.Pages.Application.RequestContract;

internal sealed class RequestContractPage(GatehouseDb db, OfferedPlans offered, ContractOperations contracts) : OwnedApplicationPage
{
    [BindProperty]
    public Guid? PlanId { get; set; }

    /// <summary>The APIs for which the application has no contract.</summary>
    public IReadOnlyList<OfferedApi> Apis { get; private set; } = [];

    public Task OnGetAsync(CancellationToken cancellation) => ReadAsync(cancellation);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        await ReadAsync(cancellation);
        if (PlanId is not { } planId || !Apis.Any(api => api.Plans.Any(plan => plan.Id == planId)))
        {
            ModelState.AddModelError(string.Empty, "Choose one of the plans.");
            return Again();
        }
        var outcome = await contracts.RequestAsync(Application.Id, planId, Actor, cancellation);
        if (outcome.Value is { State: var state })
            return SeeOther(Links.Application(Application.Id), $"The contract is {(state == ContractState.Approved ? "approved" : "requested")}.");
        Refuse(outcome);
        return Again();
    }

    private async Task ReadAsync(CancellationToken cancellation)
    {
        var taken = await db.Contracts.AsNoTracking()
            .Where(row => row.ApplicationId == Application.Id && row.State != ContractState.Revoked)
            .Select(row => row.ApiId).ToListAsync(cancellation);
        Apis = [.. (await offered.ListAsync(Organization.Id, cancellation)).Where(api => !taken.Contains(api.Id))];
    }
}
