using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Portal.Pages.Applications.List;

internal sealed record ListedApplication(
    Guid Id, string Name, string Description, string ClientId, ApplicationState State,
    DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt);

/// <summary><em>My applications</em>: those that the user owns.</summary>
internal sealed class ListPage(GatehouseDb db) : PortalPage
{
    public const int PageSize = 25;
    public const int MaxQuery = 100;

    /// <summary>A part of a name or of a client_id.</summary>
    [BindProperty(Name = "q", SupportsGet = true)]
    public string? Query { get; set; }

    /// <summary>Counted from 1.</summary>
    [BindProperty(Name = "p", SupportsGet = true)]
    public int? Number { get; set; }

    public int Pages { get; private set; } = 1;

    public int Total { get; private set; }

    public IReadOnlyList<ListedApplication> Applications { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        Query = Clean(Query);
        var found = Search();
        Total = await found.CountAsync(cancellation);
        Pages = Math.Max(1, (Total + PageSize - 1) / PageSize);
        Number = Math.Clamp(Number ?? 1, 1, Pages);
        Applications = await found.OrderBy(row => row.Name).ThenBy(row => row.Id).Skip((Number.Value - 1) * PageSize).Take(PageSize)
            .Select(row => new ListedApplication(row.Id, row.Name, row.Description, row.ClientId, row.State, row.CreatedAt,
                row.Secrets.Max(secret => secret.LastUsedAt)))
            .ToListAsync(cancellation);
    }

    public string PathOfPage(int number) =>
        $"{Links.Applications}?p={number}" + (Query is null ? string.Empty : "&q=" + Uri.EscapeDataString(Query));

    private IQueryable<Store.Model.Application> Search()
    {
        var (organizationId, userId) = (Organization.Id, Session.UserId);
        var owned = db.Applications.AsNoTracking()
            .Where(row => row.OrganizationId == organizationId && row.Owners.Any(owner => owner.UserId == userId));
        if (Query is null) return owned;
#pragma warning disable CA1304, CA1311, CA1862 // Translated to the database's lower(); no culture of this process is involved.
        var part = Query.ToLowerInvariant();
        return owned.Where(row => row.Name.ToLower().Contains(part) || row.ClientId.ToLower().Contains(part));
#pragma warning restore CA1304, CA1311, CA1862
    }

    // What cannot be typed matches nothing; a NUL is an error to PostgreSQL.
    private static string? Clean(string? query)
    {
        var text = string.Concat((query ?? string.Empty).Where(c => !char.IsControl(c)).Take(MaxQuery)).Trim();
        return text.Length > 0 ? text : null;
    }
}
