using System.ComponentModel;
using Gatehouse.Admin.Access;
using Gatehouse.Admin.Answers;
using Gatehouse.Admin.Requests;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Admin.Applications;

/// <summary>Applications: registered, changed, stopped, deleted.</summary>
internal static class ApplicationEndpoints
{
    private const int MaxSearchLength = 128;

    public static void MapApplications(this RouteGroupBuilder group)
    {
        var applications = group.MapGroup("/applications").WithTags("Applications");
        applications.MapGet("/", ListAsync).WithName("listApplications").WithSummary("List and search applications")
            .WithDescription("A page at a time, ordered by name.").Refuses(422);
        applications.MapPost("/", CreateAsync).WithName("createApplication").WithSummary("Register an application")
            .WithDescription("Registers it with a first secret and requests a contract for each of the apis, all or nothing. "
                + "The secret stands in this answer and in no later one.")
            .Refuses(400, 409, 413, 415, 422);
        applications.MapGet("/{client_id}", ReadAsync).WithName("readApplication").WithSummary("Read an application").Refuses(404)
            .WithDescription("Its metadata, contracts and the scopes that they give; no secret.");
        applications.MapPut("/{client_id}", ChangeAsync).WithName("changeApplication").WithSummary("Replace an application's metadata")
            .WithDescription("As RFC 7592 §2.2: what is left out returns to its default. "
                + "Contracts and secrets are not touched; they have routes of their own.")
            .Refuses(400, 404, 409, 413, 415, 422);
        applications.MapDelete("/{client_id}", DeleteAsync).WithName("deleteApplication").WithSummary("Delete an application").Refuses(404)
            .WithDescription("With its secrets and contracts. Its tokens are refused everywhere within one second. "
                + "An application that is named by the URL of a document would come back: it is retired, and deleted the second time.");
        applications.MapPost("/{client_id}/retire", RetireAsync).WithName("retireApplication")
            .WithSummary("Retire an application").Refuses(404)
            .WithDescription("It obtains no token and every token it holds is refused within one second, for good. Reactivated, it obtains new ones.");
        applications.MapPost("/{client_id}/reactivate", ReactivateAsync).WithName("reactivateApplication")
            .WithSummary("Reactivate a retired application").Refuses(404)
            .WithDescription("It obtains tokens again; those from before stay refused. What its users gave lives on.");
        applications.MapPost("/{client_id}/approve", ApproveAsync).WithName("approveApplication")
            .WithSummary("Approve an application that registered itself").Refuses(404, 409)
            .WithDescription("It may begin, does not expire, is no longer called unverified, and hears of errors at its redirect URI.");
        applications.MapPost("/{client_id}/revoke-tokens", RevokeTokensAsync).WithName("revokeApplicationTokens")
            .WithSummary("Revoke all tokens of an application").Refuses(404)
            .WithDescription("Every access token issued until now is refused within one second, and what users gave ends, "
                + "refresh tokens included. New ones can be obtained.");
    }

    private static async Task<Results<Ok<ApplicationPage>, Refused>> ListAsync(
        Tenant tenant, [AsParameters] Page page, [Description("A part of the name, or a whole client_id.")] string? q, CancellationToken cancellation)
    {
        if (page.Read(2, out var after) is { } fault) return fault;
        if (q is not null && (q.Length > MaxSearchLength || q.Any(char.IsControl)))
            return Refused.Invalid("q", $"Give up to {MaxSearchLength} printable characters.");
        var query = tenant.Applications.WithContracts();
        if (!string.IsNullOrEmpty(q))
        {
            var part = q.ToUpperInvariant();
#pragma warning disable CA1862 // The database compares: an overload with StringComparison has no SQL.
            query = query.Where(row => row.Name.ToUpper().Contains(part) || row.ClientId == q);
#pragma warning restore CA1862
        }
        if (after is [{ } name, { } clientId])
            query = query.Where(row => string.Compare(row.Name, name) > 0 || (row.Name == name && string.Compare(row.ClientId, clientId) > 0));
        var rows = await query.OrderBy(row => row.Name).ThenBy(row => row.ClientId).Take(page.Take + 1).ToListAsync(cancellation);
        var shown = rows.Take(page.Take).ToList();
        return TypedResults.Ok(new ApplicationPage
        {
            Applications = [.. shown.Select(row => row.ToBody())],
            NextCursor = rows.Count > shown.Count ? Page.Encode(shown[^1].Name, shown[^1].ClientId) : null,
        });
    }

    private static async Task<Results<Created<CreatedApplicationBody>, Refused>> CreateAsync(
        JsonBody<NewApplicationRequest> body, Tenant tenant, AdminCaller caller, ApplicationOperations operations, CancellationToken cancellation)
    {
        var (planIds, fault) = await ChooseAsync(tenant, body.Value, cancellation);
        if (fault is not null) return fault;
        var outcome = await operations.CreateAsync(
            caller.OrganizationId, body.Value.ToDraft() with { PlanIds = planIds }, ownerId: null, caller.Actor, cancellation);
        if (outcome.Value is not { } created) return Refused.Of(outcome);
        var application = await tenant.ReadBodyAsync(created.Application.ClientId, cancellation);
        if (application is null) return Refused.Collision; // Deleted between the commit and the read.
        return TypedResults.Created($"{AdminOptions.BasePath}/applications/{application.ClientId}",
            new CreatedApplicationBody(application, created.FirstSecret));
    }

    private static async Task<(IReadOnlyCollection<Guid> PlanIds, Refused? Fault)> ChooseAsync(
        Tenant tenant, NewApplicationRequest request, CancellationToken cancellation)
    {
        var plans = new List<Guid>();
        var scopes = new HashSet<string>(StringComparer.Ordinal);
        foreach (var choice in request.Apis ?? [])
        {
            var (api, plan, fault) = await tenant.FindPlanAsync(choice.Api, choice.Plan, "apis", cancellation);
            if (fault is not null) return ([], fault);
            plans.Add(plan!.Id);
            scopes.UnionWith(api!.Scopes.Select(scope => scope.Token));
        }
        if (!ScopeSet.TryParse(request.Scope ?? string.Empty, out var wanted))
            return ([], Refused.Invalid("scope", "Give scopes separated by single blanks (RFC 6749 §3.3)."));
        return wanted.FirstOrDefault(scope => !scopes.Contains(scope)) is { } stray
            ? ([], Refused.Invalid("scope", $"The scope {stray} belongs to none of the apis that are asked for."))
            : (plans, null);
    }

    private static async Task<Results<Ok<ApplicationBody>, Refused>> ReadAsync(string client_id, Tenant tenant, CancellationToken cancellation) =>
        await tenant.ReadBodyAsync(client_id, cancellation) is { } application ? TypedResults.Ok(application) : Refused.NotFound("application");

    private static Task<Results<Ok<ApplicationBody>, Refused>> ChangeAsync(
        string client_id, JsonBody<ApplicationRequest> body, Tenant tenant, AdminCaller caller, ApplicationOperations operations,
        CancellationToken cancellation) =>
        WriteAsync(client_id, tenant, id => operations.ChangeAsync(id, body.Value.ToDraft(), caller.Actor, cancellation), cancellation);

    private static Task<Results<Ok<ApplicationBody>, Refused>> RetireAsync(
        string client_id, Tenant tenant, AdminCaller caller, ApplicationOperations operations, CancellationToken cancellation) =>
        WriteAsync(client_id, tenant, id => operations.RetireAsync(id, caller.Actor, cancellation), cancellation);

    private static Task<Results<Ok<ApplicationBody>, Refused>> ReactivateAsync(
        string client_id, Tenant tenant, AdminCaller caller, ApplicationOperations operations, CancellationToken cancellation) =>
        WriteAsync(client_id, tenant, id => operations.ReactivateAsync(id, caller.Actor, cancellation), cancellation);

    private static Task<Results<Ok<ApplicationBody>, Refused>> ApproveAsync(
        string client_id, Tenant tenant, AdminCaller caller, RegistrationOperations registrations, CancellationToken cancellation) =>
        WriteAsync(client_id, tenant, id => registrations.ApproveAsync(id, caller.Actor, cancellation: cancellation), cancellation);

    private static Task<Results<Ok<ApplicationBody>, Refused>> RevokeTokensAsync(
        string client_id, Tenant tenant, AdminCaller caller, ApplicationOperations operations, CancellationToken cancellation) =>
        WriteAsync(client_id, tenant, id => operations.RevokeTokensAsync(id, caller.Actor, cancellation), cancellation);

    private static async Task<Results<NoContent, Refused>> DeleteAsync(
        string client_id, Tenant tenant, AdminCaller caller, ApplicationOperations operations, CancellationToken cancellation)
    {
        if (await tenant.FindApplicationAsync(client_id, cancellation) is not { } id) return Refused.NotFound("application");
        var outcome = await operations.DeleteAsync(id, caller.Actor, cancellation);
        return outcome.Succeeded ? TypedResults.NoContent() : Refused.Of(outcome);
    }

    private static async Task<Results<Ok<ApplicationBody>, Refused>> WriteAsync(
        string clientId, Tenant tenant, Func<Guid, Task<Outcome<Application>>> write, CancellationToken cancellation)
    {
        if (await tenant.FindApplicationAsync(clientId, cancellation) is not { } id) return Refused.NotFound("application");
        var outcome = await write(id);
        return outcome.Succeeded ? await ReadAsync(clientId, tenant, cancellation) : Refused.Of(outcome);
    }
}
