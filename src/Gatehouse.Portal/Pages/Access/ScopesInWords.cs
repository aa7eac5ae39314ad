using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Portal.Pages.Access;

/// <summary>What scopes mean, for a person: the API's name and its words for the scope.</summary>
/// <param name="Api">The name of the API.</param>
/// <param name="Scopes">Token and words; the words are the token when the API has none.</param>
internal sealed record ApiScopesInWords(string Api, IReadOnlyList<(string Token, string Words)> Scopes)
{
    /// <summary>The scopes by API. A scope that no API has any more is left out: it opens nothing.</summary>
    public static async Task<IReadOnlyList<ApiScopesInWords>> ReadAsync(GatehouseDb db, Guid organizationId, ScopeSet scope, CancellationToken cancellation)
    {
        var apis = await db.Apis.AsNoTracking().Include(row => row.Scopes).Where(row => row.OrganizationId == organizationId)
            .OrderBy(row => row.Name).ToListAsync(cancellation);
        var identity = IdentityScope.All.Intersect(scope).Select(token => (token, IdentityScope.InWords(token))).ToList();
        var account = identity.Count == 0 ? [] : new[] { new ApiScopesInWords("Your account", identity) };
        return [.. account, .. apis.Select(api => new ApiScopesInWords(api.Name, [.. api.Scopes.Where(row => scope.Contains(row.Token))
            .OrderBy(row => row.Token, StringComparer.Ordinal).Select(row => (row.Token, row.Description.Length > 0 ? row.Description : row.Token))]))
            .Where(api => api.Scopes.Count > 0)];
    }
}
