using Gatehouse.Store.Database;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Portal.Tenancy;

/// <summary>The organization whose portal it is.</summary>
internal sealed record PortalOrganization(Guid Id, string Slug, string Name, bool ShowSecretsOnce);

/// <summary>The organization that the request's path names, looked up once.</summary>
internal sealed class CurrentOrganization(GatehouseDb db)
{
    private bool _looked;

    /// <summary>Null until <see cref="FindAsync"/> has found it.</summary>
    public PortalOrganization? Value { get; private set; }

    public async Task<PortalOrganization?> FindAsync(HttpContext http)
    {
        if (_looked) return Value;
        _looked = true;
        if (http.GetRouteValue("org") is not string slug || !IsSlug(slug)) return null;
        return Value = await db.Organizations.AsNoTracking().Where(row => row.Slug == slug)
            .Select(row => new PortalOrganization(row.Id, row.Slug, row.Name, row.ShowSecretsOnce))
            .SingleOrDefaultAsync(http.RequestAborted);
    }

    // What cannot be a slug does not reach the database: a NUL, for one, is an error to PostgreSQL.
    private static bool IsSlug(string text) =>
        text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
