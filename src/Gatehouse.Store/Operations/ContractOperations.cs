using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Operations;

/// <summary>Requests and decides contracts.</summary>
public sealed class ContractOperations(StoreDatabase database, TimeProvider clock)
{
    /// <summary>
    /// Asks for an API under a plan; a plan that is not approved by hand approves at once, unless the application's contract for that API was
    /// revoked before: what a person took away, a person gives back.
    /// </summary>
    public Task<Outcome<Contract>> RequestAsync(Guid applicationId, Guid planId, Actor actor, CancellationToken cancellation = default) =>
        database.WriteAsync(db => RequestAsync(db, applicationId, planId, actor, cancellation), cancellation);

    /// <summary>Approves, suspends or revokes. A revoked contract stays revoked; the application may request anew.</summary>
    public async Task<Outcome<Contract>> DecideAsync(Guid contractId, ContractState state, Actor actor, CancellationToken cancellation = default) =>
        state == ContractState.Requested
            ? Outcome<Contract>.Invalid("state", "Decide for approved, suspended or revoked.")
            : await database.WriteAsync(db => DecideAsync(db, contractId, state, actor, cancellation), cancellation);

    private async Task<Outcome<Contract>> RequestAsync(GatehouseDb db, Guid applicationId, Guid planId, Actor actor, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var application = await db.Applications.Include(row => row.Contracts).SingleOrDefaultAsync(row => row.Id == applicationId, cancellation);
        if (application is null) return Outcome<Contract>.NotFound("application");
        var plan = await db.Plans.Include(row => row.Api).SingleOrDefaultAsync(row => row.Id == planId, cancellation);
        if (plan?.Api is null || plan.Api.OrganizationId != application.OrganizationId) return Outcome<Contract>.NotFound("plan");
        var contract = application.Contracts.SingleOrDefault(row => row.ApiId == plan.ApiId);
        if (contract is { State: not ContractState.Revoked })
            return Outcome<Contract>.Conflict($"The application has a contract for {plan.Api.Name} already ({contract.State}).");
        contract = Request(db, application, plan, actor, now);
        db.Announce(now, ChangeKind.Application, application.ClientId);
        return contract;
    }

    private async Task<Outcome<Contract>> DecideAsync(
        GatehouseDb db, Guid contractId, ContractState state, Actor actor, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var contract = await db.Contracts.Include(row => row.Application).Include(row => row.Api).Include(row => row.Plan)
            .SingleOrDefaultAsync(row => row.Id == contractId, cancellation);
        if (contract is null) return Outcome<Contract>.NotFound("contract");
        if (contract.State == ContractState.Revoked && state != ContractState.Revoked)
            return Outcome<Contract>.Conflict("A revoked contract stays revoked. The application can request a new one.");
        contract.State = state;
        contract.DecidedAt = now;
        db.Audit(now, actor, contract.Application!.OrganizationId, $"contract.{state.ToString().ToLowerInvariant()}", contract.Id.ToString());
        db.Announce(now, ChangeKind.Application, contract.Application.ClientId);
        return contract;
    }

    /// <summary>Adds the contract to a transaction, or starts a revoked one anew; the caller announces the application.</summary>
    internal static Contract Request(GatehouseDb db, Application application, Plan plan, Actor actor, DateTimeOffset now)
    {
        var contract = application.Contracts.SingleOrDefault(row => row.ApiId == plan.ApiId);
        var waits = plan.ApprovedByHand || contract is not null;
        if (contract is null) application.Contracts.Add(contract = new Contract { ApiId = plan.ApiId });
        contract.PlanId = plan.Id;
        contract.RequestedAt = now;
        contract.State = waits ? ContractState.Requested : ContractState.Approved;
        contract.DecidedAt = waits ? null : now;
        db.Audit(now, actor, application.OrganizationId, "contract.requested", contract.Id.ToString(), $"{plan.Api!.Slug}/{plan.Slug}: {contract.State}");
        return contract;
    }
}
