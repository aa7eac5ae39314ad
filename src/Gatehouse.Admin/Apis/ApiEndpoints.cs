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

namespace Gatehouse.Admin.Apis;

/// <summary>APIs: published, replaced, withdrawn.</summary>
internal static class ApiEndpoints
{
    public static void MapApis(this RouteGroupBuilder group)
    {
        var apis = group.MapGroup("/apis").WithTags("APIs");
        apis.MapGet("/", ListAsync).WithName("listApis")
            .WithSummary("List APIs").WithDescription("A page at a time, ordered by slug.").Refuses(422);
        apis.MapGet("/{slug}", ReadAsync).WithName("readApi").WithSummary("Read an API").Refuses(404)
            .WithDescription("Its resource identifier, upstream, scopes, operations and plans.");
        apis.MapPut("/{slug}", PublishAsync).WithName("publishApi")
            .WithSummary("Publish an API, or replace it").Refuses(400, 409, 413, 415, 422)
            .WithDescription("The whole of it: what is left out is removed. Contracts are kept, so a plan that has some cannot be left out.");
        apis.MapDelete("/{slug}", WithdrawAsync).WithName("withdrawApi").WithSummary("Withdraw an API").Refuses(404, 409)
            .WithDescription("With its contracts. Calls of it are refused everywhere within one second. The Admin API itself cannot be withdrawn.");
    }

    private static async Task<Results<Ok<ApiPage>, Refused>> ListAsync(Tenant tenant, [AsParameters] Page page, CancellationToken cancellation)
    {
        if (page.Read(1, out var after) is { } fault) return fault;
        var query = tenant.Apis;
        if (after[0] is { } last) query = query.Where(row => string.Compare(row.Slug, last) > 0);
        var rows = await query.OrderBy(row => row.Slug).Take(page.Take + 1).ToListAsync(cancellation);
        var shown = rows.Take(page.Take).ToList();
        return TypedResults.Ok(new ApiPage
        {
            Apis = [.. shown.Select(row => row.ToBody())],
            NextCursor = rows.Count > shown.Count ? Page.Encode(shown[^1].Slug) : null,
        });
    }

    private static async Task<Results<Ok<ApiBody>, Refused>> ReadAsync(string slug, Tenant tenant, CancellationToken cancellation) =>
        await FindAsync(tenant, slug, cancellation) is { } api ? TypedResults.Ok(api.ToBody()) : Refused.NotFound("API");

    private static async Task<Results<Ok<ApiBody>, Created<ApiBody>, Refused>> PublishAsync(
        string slug, JsonBody<ApiRequest> body, Tenant tenant, AdminCaller caller, ApiOperations operations, CancellationToken cancellation)
    {
        var isNew = await FindAsync(tenant, slug, cancellation) is null;
        var outcome = await operations.PublishAsync(body.Value.ToModel(slug, caller.OrganizationId), caller.Actor, cancellation);
        if (!outcome.Succeeded) return Refused.Of(outcome);
        if (await FindAsync(tenant, slug, cancellation) is not { } api) return Refused.Collision;
        return isNew ? TypedResults.Created($"{AdminOptions.BasePath}/apis/{api.Slug}", api.ToBody()) : TypedResults.Ok(api.ToBody());
    }

    private static async Task<Results<NoContent, Refused>> WithdrawAsync(
        string slug, Tenant tenant, AdminCaller caller, ApiOperations operations, CancellationToken cancellation)
    {
        if (await FindAsync(tenant, slug, cancellation) is not { } api) return Refused.NotFound("API");
        var outcome = await operations.WithdrawAsync(api.Id, caller.Actor, cancellation);
        return outcome.Succeeded ? TypedResults.NoContent() : Refused.Of(outcome);
    }

    private static Task<Api?> FindAsync(Tenant tenant, string slug, CancellationToken cancellation) =>
        tenant.Apis.SingleOrDefaultAsync(row => row.Slug == slug, cancellation);
}
