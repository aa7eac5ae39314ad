using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Handles;
using Gatehouse.Store.Model;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Operations;

/// <summary>Where applications that register themselves go, and what they may get there.</summary>
public sealed record RegistrationTarget(Guid OrganizationId, IReadOnlyList<Guid> PlanIds, ScopeSet Scope);

/// <summary>What an initial access token is to allow.</summary>
/// <param name="Label">Up to 64 characters that tell it from others.</param>
/// <param name="PlanIds">The plans under which registered applications get contracts, at most one of each API.</param>
/// <param name="Scope">The scopes they may obtain at most; empty: all of those APIs.</param>
/// <param name="Uses">How often, 1 to 1000.</param>
/// <param name="ExpiresAt">Until when, up to a year from now.</param>
public sealed record InitialAccessTokenDraft(string Label, IReadOnlyCollection<Guid> PlanIds, ScopeSet Scope, int Uses, DateTimeOffset ExpiresAt);

/// <summary>A new permission; the one moment at which the token is in the clear.</summary>
public sealed record MadeInitialAccessToken(InitialAccessToken Row, string Token)
{
    /// <summary>It holds a secret.</summary>
    public override string ToString() => Row.Id.ToString();
}

/// <summary>Permissions to register applications (RFC 7591 §3), made and withdrawn by API Support.</summary>
public sealed class InitialAccessTokens(StoreDatabase database, TimeProvider clock)
{
    public const int MaxUses = 1000;

    public static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(366);

    public async Task<Outcome<MadeInitialAccessToken>> MakeAsync(
        Guid organizationId, InitialAccessTokenDraft draft, Actor actor, CancellationToken cancellation = default)
    {
        var now = clock.GetUtcNow();
        if (draft.Label.Length > 64 || draft.Label.Any(char.IsControl)) return Invalid("label", "The label may have up to 64 printable characters.");
        if (draft.Uses is < 1 or > MaxUses) return Invalid("max_uses", $"Give 1 to {MaxUses}.");
        if (draft.ExpiresAt <= now || draft.ExpiresAt > now + MaxLifetime) return Invalid("expires_at", "Give an instant in the future, up to a year ahead.");
        return await database.WriteAsync<MadeInitialAccessToken>(async db =>
        {
            var plans = await db.Plans.Include(row => row.Api).ThenInclude(api => api!.Scopes)
                .Where(row => draft.PlanIds.Contains(row.Id) && row.Api!.OrganizationId == organizationId).ToListAsync(cancellation);
            if (plans.Count == 0 || plans.Count != draft.PlanIds.Count || plans.DistinctBy(plan => plan.ApiId).Count() != plans.Count)
                return Invalid("apis", "Name one or more APIs, each once, with a plan that it has.");
            var all = ScopesOf(plans);
            if (!draft.Scope.IsSubsetOf(all)) return Invalid("scope", $"The scope {draft.Scope.Except(all)} belongs to none of the apis.");
            var token = HandleRegister.NewValue();
            var row = new InitialAccessToken
            {
                OrganizationId = organizationId, Label = draft.Label.Trim(), Key = RegistrationOperations.KeyOf(token), PlanIds = [.. draft.PlanIds],
                Scope = (draft.Scope.Count == 0 ? all : draft.Scope).ToString(), UsesLeft = draft.Uses, CreatedAt = now, ExpiresAt = draft.ExpiresAt,
            };
            db.InitialAccessTokens.Add(row);
            db.Audit(now, actor, organizationId, "initial_access_token.made", row.Id.ToString(), row.Label);
            return new MadeInitialAccessToken(row, token);
        }, cancellation);
    }

    public Task<Outcome<InitialAccessToken>> WithdrawAsync(Guid organizationId, Guid id, Actor actor, CancellationToken cancellation = default) =>
        database.WriteAsync<InitialAccessToken>(async db =>
        {
            var row = await db.InitialAccessTokens.SingleOrDefaultAsync(row => row.Id == id && row.OrganizationId == organizationId, cancellation);
            if (row is null) return Outcome<InitialAccessToken>.NotFound("initial access token");
            db.InitialAccessTokens.Remove(row);
            db.Audit(clock.GetUtcNow(), actor, organizationId, "initial_access_token.withdrawn", row.Id.ToString(), row.Label);
            return row;
        }, cancellation);

    /// <summary>What a token allows; null when it is unknown, used up or expired. Uses nothing up.</summary>
    public async Task<RegistrationTarget?> FindAsync(string token, CancellationToken cancellation = default)
    {
        var (key, now) = (RegistrationOperations.KeyOf(token), clock.GetUtcNow());
        await using var db = database.Open();
        var row = await db.InitialAccessTokens.AsNoTracking().SingleOrDefaultAsync(row => row.Key == key && row.UsesLeft > 0 && row.ExpiresAt > now, cancellation);
        return row is not null && ScopeSet.TryParse(row.Scope, out var scope) ? new RegistrationTarget(row.OrganizationId, row.PlanIds, scope) : null;
    }

    /// <summary>What the settings name: an organization by its slug, and APIs as <c>api</c> (when it has one plan) or <c>api/plan</c>.</summary>
    /// <returns>Null when something of it does not exist.</returns>
    public async Task<RegistrationTarget?> FindAsync(string organization, IReadOnlyList<string> apis, ScopeSet scope, CancellationToken cancellation = default)
    {
        await using var db = database.Open();
        var plans = await db.Plans.AsNoTracking().Include(row => row.Api).ThenInclude(api => api!.Scopes)
            .Where(row => db.Organizations.Any(known => known.Id == row.Api!.OrganizationId && known.Slug == organization)).ToListAsync(cancellation);
        var chosen = new List<Plan>();
        foreach (var name in apis)
        {
            var matching = plans.Where(plan => name == $"{plan.Api!.Slug}/{plan.Slug}" || name == plan.Api.Slug).ToList();
            if (matching is not [var plan]) return null;
            chosen.Add(plan);
        }
        if (chosen.Count == 0) return null;
        var all = ScopesOf(chosen);
        return new RegistrationTarget(chosen[0].Api!.OrganizationId, [.. chosen.Select(plan => plan.Id)], scope.Count == 0 ? all : all.Intersect(scope));
    }

    private static ScopeSet ScopesOf(IEnumerable<Plan> plans) =>
        ScopeSet.Of(plans.SelectMany(plan => plan.Api!.Scopes).Select(scope => scope.Token).Order(StringComparer.Ordinal));

    private static Outcome<MadeInitialAccessToken> Invalid(string field, string message) => Outcome<MadeInitialAccessToken>.Invalid(field, message);
}
