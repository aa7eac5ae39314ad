using System.ComponentModel;
using Gatehouse.Admin.Access;
using Gatehouse.Admin.Answers;
using Gatehouse.Admin.Requests;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Admin.Contracts;

/// <summary>Contracts: requested for an application, decided by the organization.</summary>
internal static class ContractEndpoints
{
    public static void MapContracts(this RouteGroupBuilder group)
    {
        group.MapGet("/contracts", ListAsync).WithTags("Contracts").WithName("listContracts").WithSummary("List contracts").Refuses(422)
            .WithDescription("A page at a time, in the order in which they were first requested.");
        group.MapPost("/applications/{client_id}/contracts", RequestAsync).WithTags("Contracts").WithName("requestContract")
            .WithSummary("Request a contract").Refuses(400, 404, 409, 413, 415, 422)
            .WithDescription("Approved at once under a plan that is not approved by hand; otherwise requested.");
        group.MapPatch("/contracts/{contract_id}", DecideAsync).WithTags("Contracts").WithName("decideContract")
            .WithSummary("Approve, suspend or revoke a contract").Refuses(400, 404, 409, 413, 415, 422)
            .WithDescription("A suspended or revoked contract lets no call through within one second. "
                + "A revoked one stays revoked; a new one can be requested.");
    }

    private static async Task<Results<Ok<ContractPage>, Refused>> ListAsync(
        Tenant tenant, [AsParameters] Page page, [Description("requested, approved, suspended or revoked.")] string? state, CancellationToken cancellation)
    {
        if (page.Read(1, out var after) is { } fault) return fault;
        var query = tenant.Contracts;
        if (state is not null)
        {
            if (Parse(state) is not { } wanted) return Refused.Invalid("state", "Give requested, approved, suspended or revoked.");
            query = query.Where(row => row.State == wanted);
        }
        if (after[0] is { } last)
        {
            if (!Guid.TryParse(last, out var lastId)) return Refused.Invalid("cursor", "This is no cursor of this list. Leave it out to start over.");
            query = query.Where(row => row.Id.CompareTo(lastId) > 0);
        }
        var rows = await query.OrderBy(row => row.Id).Take(page.Take + 1).ToListAsync(cancellation);
        var shown = rows.Take(page.Take).ToList();
        return TypedResults.Ok(new ContractPage
        {
            Contracts = [.. shown.Select(ToBody)],
            NextCursor = rows.Count > shown.Count ? Page.Encode(shown[^1].Id.ToString()) : null,
        });
    }

    private static async Task<Results<Created<ContractBody>, Refused>> RequestAsync(
        string client_id, JsonBody<ContractRequest> body, Tenant tenant, AdminCaller caller, ContractOperations operations, CancellationToken cancellation)
    {
        if (await tenant.FindApplicationAsync(client_id, cancellation) is not { } applicationId) return Refused.NotFound("application");
        var (_, plan, fault) = await tenant.FindPlanAsync(body.Value.Api, body.Value.Plan, "api", cancellation);
        if (fault is not null) return fault;
        var outcome = await operations.RequestAsync(applicationId, plan!.Id, caller.Actor, cancellation);
        if (outcome.Value is not { } contract) return Refused.Of(outcome);
        return await FindAsync(tenant, contract.Id, cancellation) is { } requested
            ? TypedResults.Created($"{AdminOptions.BasePath}/applications/{client_id}", requested)
            : Refused.Collision;
    }

    private static async Task<Results<Ok<ContractBody>, Refused>> DecideAsync(
        string contract_id, JsonBody<ContractDecision> body, Tenant tenant, AdminCaller caller, ContractOperations operations,
        CancellationToken cancellation)
    {
        if (!Guid.TryParse(contract_id, out var id) || await FindAsync(tenant, id, cancellation) is null) return Refused.NotFound("contract");
        var outcome = await operations.DecideAsync(id, body.Value.State, caller.Actor, cancellation);
        if (!outcome.Succeeded) return Refused.Of(outcome);
        return await FindAsync(tenant, id, cancellation) is { } decided ? TypedResults.Ok(decided) : Refused.NotFound("contract");
    }

    private static async Task<ContractBody?> FindAsync(Tenant tenant, Guid id, CancellationToken cancellation) =>
        await tenant.Contracts.SingleOrDefaultAsync(row => row.Id == id, cancellation) is { } row ? ToBody(row) : null;

    // Enum.Parse would take numbers too.
    private static ContractState? Parse(string state) => state switch
    {
        "requested" => ContractState.Requested,
        "approved" => ContractState.Approved,
        "suspended" => ContractState.Suspended,
        "revoked" => ContractState.Revoked,
        _ => null,
    };

    private static ContractBody ToBody(Contract row) => new()
    {
        Id = row.Id, ClientId = row.Application!.ClientId, ClientName = row.Application.Name, Api = row.Api!.Slug, Plan = row.Plan!.Slug,
        State = row.State, RequestedAt = row.RequestedAt, DecidedAt = row.DecidedAt,
    };
}
