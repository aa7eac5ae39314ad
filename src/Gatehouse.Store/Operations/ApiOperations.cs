using Gatehouse.Protocol.Jose;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Operations;

/// <summary>Publishes, changes and withdraws APIs.</summary>
public sealed class ApiOperations(StoreDatabase database, TimeProvider clock)
{
    /// <summary>Publishes an API, or replaces the one with the same slug; contracts are kept as long as their plan is.</summary>
    public async Task<Outcome<Api>> PublishAsync(Api draft, Actor actor, CancellationToken cancellation = default)
    {
        if (ApiRules.Check(draft) is { } fault) return Outcome<Api>.Invalid(fault.Field, fault.Message);
        return await database.WriteAsync(db => PublishAsync(db, draft, actor, cancellation), cancellation);
    }

    /// <summary>Gives a published API another resource identifier and upstream; one that was withdrawn stays so.</summary>
    public Task<Outcome<Api>> MoveAsync(
        Guid organizationId, string slug, string resource, string? upstream, Actor actor, CancellationToken cancellation = default) =>
        database.WriteAsync<Api>(async db =>
        {
            var now = clock.GetUtcNow();
            var api = await db.Apis.SingleOrDefaultAsync(row => row.OrganizationId == organizationId && row.Slug == slug, cancellation);
            if (api is null) return Outcome<Api>.NotFound("API");
            if (api.Resource == resource && api.Upstream == upstream) return api;
            (api.Resource, api.Upstream) = (resource, upstream);
            db.Audit(now, actor, organizationId, "api.moved", api.Id.ToString(), api.Slug);
            await AnnounceAsync(db, api, now, cancellation);
            return api;
        }, cancellation);

    /// <summary>Withdraws an API and, with it, its contracts.</summary>
    public Task<Outcome<Api>> WithdrawAsync(Guid apiId, Actor actor, CancellationToken cancellation = default) =>
        database.WriteAsync<Api>(async db =>
        {
            var now = clock.GetUtcNow();
            var api = await db.Apis.SingleOrDefaultAsync(row => row.Id == apiId, cancellation);
            if (api is null) return Outcome<Api>.NotFound("API");
            if (api.Upstream is null) return Outcome<Api>.Conflict("This API belongs to Gatehouse itself and cannot be withdrawn.");
            await AnnounceAsync(db, api, now, cancellation);
            await db.Contracts.Where(contract => contract.ApiId == apiId).ExecuteDeleteAsync(cancellation);
            db.Apis.Remove(api);
            db.Audit(now, actor, api.OrganizationId, "api.withdrawn", api.Id.ToString(), api.Slug);
            return api;
        }, cancellation);

    private async Task<Outcome<Api>> PublishAsync(GatehouseDb db, Api draft, Actor actor, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var tokens = draft.Scopes.Select(scope => scope.Token).ToList();
        var types = draft.DetailsTypes.Select(type => type.Type).ToList();
        var api = await db.Apis.Include(row => row.Scopes).Include(row => row.DetailsTypes).Include(row => row.Operations).Include(row => row.Plans)
            .SingleOrDefaultAsync(row => row.OrganizationId == draft.OrganizationId && row.Slug == draft.Slug, cancellation);
        if (api is { Upstream: null } && draft.Upstream is not null)
            return Outcome<Api>.Conflict("This API belongs to Gatehouse itself and cannot be replaced.");
        var others = api?.Id ?? Guid.Empty;
        if (await db.Set<ApiScope>().Where(scope => tokens.Contains(scope.Token) && scope.ApiId != others).Select(scope => scope.Token).FirstOrDefaultAsync(cancellation) is { } taken)
            return Outcome<Api>.Conflict($"The scope {taken} belongs to another API: a scope names one API.");
        if (await db.Set<ApiDetailsType>().Where(row => types.Contains(row.Type) && row.ApiId != others).Select(row => row.Type).FirstOrDefaultAsync(cancellation) is { } owned)
            return Outcome<Api>.Conflict($"The type {owned} of authorization details belongs to another API: a type names one API.");
        if (await db.Apis.AnyAsync(row => row.Resource == draft.Resource && row.Id != others, cancellation))
            return Outcome<Api>.Conflict("Another API has this resource identifier.");
        if (await FindStrangerAsync(db, draft, cancellation) is { } stranger)
            return Outcome<Api>.Invalid("resource_servers", $"The organization has no application with the client_id {stranger}.");
        if (await FindTakenCallAsync(db, draft, others, cancellation) is { } call)
            return Outcome<Api>.Conflict(call);
        if (api is null)
        {
            draft.CreatedAt = now;
            db.Apis.Add(api = draft);
        }
        else if (await ReplaceAsync(db, api, draft, cancellation) is { } refusal)
        {
            return refusal;
        }
        db.Audit(now, actor, api.OrganizationId, "api.published", api.Id.ToString(), api.Slug);
        await AnnounceAsync(db, api, now, cancellation);
        return api;
    }

    private static async Task<string?> FindStrangerAsync(GatehouseDb db, Api draft, CancellationToken cancellation)
    {
        if (draft.ResourceServers.Count == 0) return null;
        var known = await db.Applications.Where(row => row.OrganizationId == draft.OrganizationId && draft.ResourceServers.Contains(row.ClientId))
            .Select(row => row.ClientId).ToListAsync(cancellation);
        return draft.ResourceServers.Except(known, StringComparer.Ordinal).FirstOrDefault();
    }

    // The gateway has one path tree: whoever could publish a call of another API would take its traffic, and so would, at an upstream that ignores
    // case, whoever could publish it in other letters.
    private static async Task<string?> FindTakenCallAsync(GatehouseDb db, Api draft, Guid apiId, CancellationToken cancellation)
    {
        var others = await db.Set<ApiOperation>().AsNoTracking().Where(row => row.ApiId != apiId).ToListAsync(cancellation);
        var taken = others.Select(row => (row.Method, row.Shape)).ToHashSet();
        if (draft.Operations.FirstOrDefault(operation => taken.Contains((operation.Method, operation.Shape))) is { } call)
            return $"The operation {call.Method} {call.PathTemplate} belongs to another API: a call leads to one API.";
        return SpelledPlaces.FindOther(others, draft.Operations) is { } spelled
            ? $"The operation {spelled.Method} {spelled.PathTemplate} differs by case alone from the path of another API: a call leads to one API." : null;
    }

    private static async Task<Outcome<Api>?> ReplaceAsync(GatehouseDb db, Api api, Api draft, CancellationToken cancellation)
    {
        (api.Name, api.Description, api.Resource, api.Upstream) = (draft.Name, draft.Description, draft.Resource, draft.Upstream);
        api.ResourceServers = [.. draft.ResourceServers];
        (api.AccessTokenFormat, api.AccessTokenSigningAlg) = (draft.AccessTokenFormat, draft.AccessTokenSigningAlg);
        api.Scopes.Clear();
        api.DetailsTypes.Clear();
        api.Operations.Clear();
        await db.SaveChangesAsync(cancellation); // Old rows leave before new ones with the same key come.
        foreach (var scope in draft.Scopes) api.Scopes.Add(new ApiScope { Token = scope.Token, Description = scope.Description });
        foreach (var type in draft.DetailsTypes) api.DetailsTypes.Add(new ApiDetailsType { Type = type.Type, Title = type.Title, Schema = type.Schema });
        foreach (var call in draft.Operations) api.Operations.Add(new ApiOperation { Method = call.Method, PathTemplate = call.PathTemplate, Scope = call.Scope });
        foreach (var plan in draft.Plans)
        {
            if (api.Plans.SingleOrDefault(row => row.Slug == plan.Slug) is not { } kept)
                api.Plans.Add(kept = new Plan { Slug = plan.Slug, Name = plan.Name });
            (kept.Name, kept.Description, kept.ApprovedByHand, kept.TokenLifetimeSeconds) = (plan.Name, plan.Description, plan.ApprovedByHand, plan.TokenLifetimeSeconds);
        }
        foreach (var plan in api.Plans.Where(row => draft.Plans.All(kept => kept.Slug != row.Slug)).ToList())
        {
            if (await db.Contracts.AnyAsync(contract => contract.PlanId == plan.Id, cancellation))
                return Outcome<Api>.Conflict($"The plan {plan.Slug} has contracts. Revoke them first, or keep the plan.");
            api.Plans.Remove(plan);
        }
        return null;
    }

    private static async Task AnnounceAsync(GatehouseDb db, Api api, DateTimeOffset now, CancellationToken cancellation)
    {
        db.Announce(now, ChangeKind.Api, api.Id.ToString());
        // Plans are part of what is remembered of an application.
        var clientIds = await db.Contracts.Where(contract => contract.ApiId == api.Id).Select(contract => contract.Application!.ClientId).ToListAsync(cancellation);
        foreach (var clientId in clientIds) db.Announce(now, ChangeKind.Application, clientId);
    }
}

/// <summary>What a published API must satisfy.</summary>
internal static class ApiRules
{
    public const int MaxResourceLength = 512;

    private const int MaxResourceServers = 20;

    public static (string Field, string Message)? Check(Api api)
    {
        if (!IsSlug(api.Slug)) return ("slug", "Give a slug of 1 to 64 characters out of a-z, 0-9 and '-'.");
        if (api.Name.Trim().Length is 0 or > 128) return ("name", "Give a name of 1 to 128 characters.");
        if (Texts(api).FirstOrDefault(text => text.Length > 4000 || text.Contains('\0', StringComparison.Ordinal)) is not null)
            return ("description", "A text may have up to 4000 characters and must not contain NUL.");
        if (!Uri.TryCreate(api.Resource, UriKind.Absolute, out var resource) || resource.Fragment.Length > 0 || api.Resource.Length > MaxResourceLength)
            return ("resource", "Give an absolute URI without a fragment (RFC 8707 §2).");
        if (api.Upstream is not null && !(Uri.TryCreate(api.Upstream, UriKind.Absolute, out var upstream) && upstream.Scheme is "http" or "https"))
            return ("upstream", "Give an absolute http or https URL.");
        if (api.Scopes.FirstOrDefault(scope => IdentityScope.All.Contains(scope.Token)) is { } reserved)
            return ("scopes", $"The scope {reserved.Token} is OpenID Connect's and cannot belong to an API.");
        if (api.Scopes.FirstOrDefault(scope => !ScopeSet.IsToken(scope.Token)) is not null) return ("scopes", "A scope is 1 to 128 printable characters without blanks (RFC 6749 §3.3).");
        if (api.Scopes.Select(scope => scope.Token).Distinct(StringComparer.Ordinal).Count() != api.Scopes.Count) return ("scopes", "A scope is listed twice.");
        if (DetailsTypeRules.Check(api.DetailsTypes) is { } detailsFault) return ("authorization_details_types", detailsFault);
        if (api.ResourceServers.Count > MaxResourceServers || api.ResourceServers.Any(id => id.Length is 0 or > Application.MaxClientIdLength || id.Any(char.IsControl)))
            return ("resource_servers", $"Give the client_id of up to {MaxResourceServers} applications.");
        if (!AccessTokenFormats.IsKnown(api.AccessTokenFormat)) return ("access_token_format", "The formats are jwt and reference.");
        if (!SigningAlgorithms.IsKnown(api.AccessTokenSigningAlg)) return ("access_token_signing_alg", $"Offered: {string.Join(", ", SigningAlgorithms.All)}.");
        if (api.Plans.Count == 0) return ("plans", "Give at least one plan.");
        if (api.Plans.FirstOrDefault(plan => !IsSlug(plan.Slug) || plan.Name.Length is 0 or > 128) is not null) return ("plans", "Each plan needs a slug and a name.");
        if (api.Plans.Select(plan => plan.Slug).Distinct(StringComparer.Ordinal).Count() != api.Plans.Count) return ("plans", "A plan is listed twice.");
        if (api.Plans.FirstOrDefault(plan => plan.TokenLifetimeSeconds is < 60 or > Plan.DefaultTokenLifetimeSeconds) is not null)
            return ("plans", $"A token lifetime is 60 to {Plan.DefaultTokenLifetimeSeconds} seconds.");
        if (api.Operations.DistinctBy(operation => (operation.Method, operation.Shape)).Count() != api.Operations.Count)
            return ("operations", "An operation is listed twice.");
        if (SpelledPlaces.FindOther([], api.Operations) is { } spelled)
            return ("operations", $"The operation {spelled.Method} {spelled.PathTemplate} differs from another one by case alone at the same place of the path.");
        foreach (var operation in api.Operations)
            if (CheckOperation(api, operation) is { } fault) return ("operations", fault);
        return null;
    }

    // PostgreSQL stores no NUL in a text.
    private static IEnumerable<string> Texts(Api api) =>
    [
        api.Name, api.Description, api.Resource, api.Upstream ?? string.Empty,
        .. api.Scopes.Select(scope => scope.Description),
        .. api.Operations.Select(operation => operation.PathTemplate),
        .. api.Plans.SelectMany(plan => new[] { plan.Name, plan.Description }),
    ];

    private static string? CheckOperation(Api api, ApiOperation operation)
    {
        if (operation.Method.Length is 0 or > 16 || !operation.Method.All(char.IsAsciiLetterUpper)) return "A method is written in capital letters, such as GET.";
        if (!operation.PathTemplate.StartsWith('/') || operation.PathTemplate.Length > 512)
            return "A path template starts with '/', such as /labels/domestic/{id}, and has up to 512 characters.";
        if (operation.PathTemplate[1..].Split('/').FirstOrDefault(segment => !IsSegment(segment)) is not null)
            return "Each segment of a path template is a text to match or one parameter, such as {id}: no blank, '%', '?', '#', ';' or '\\'.";
        return operation.Scope.Length == 0 || api.Scopes.Any(scope => scope.Token == operation.Scope)
            ? null
            : $"The operation {operation.Method} {operation.PathTemplate} needs a scope that the API does not have.";
    }

    // What could never match is a mistake, and what an upstream might read in two ways is refused by the gateway anyway.
    private static bool IsSegment(string segment) =>
        segment is ['{', .. { Length: > 0 } name, '}']
            ? name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
            : segment is not "." and not ".." && !segment.Any(c => c <= ' ' || c == '\x7F' || "{}%?#;\\".Contains(c, StringComparison.Ordinal));

    private static bool IsSlug(string text) => text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
