using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Grants;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Portal.Pages.Access.Overview;

/// <summary>An application that may act for the user.</summary>
internal sealed record AllowedApplication(Guid Id, string Name, string Description, DateTimeOffset GivenAt, IReadOnlyList<ApiScopesInWords> Scopes)
{
    public IReadOnlyList<DetailInWords> Details { get; init; } = [];
}

/// <summary>The applications that the user has allowed to act in the user's name, and the way to take that back.</summary>
internal sealed class OverviewPage(GatehouseDb db, GrantRegister grants) : PortalPage
{
    public IReadOnlyList<AllowedApplication> Applications { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        var (organizationId, userId) = (Organization.Id, Session.UserId);
        var rows = await db.Consents.AsNoTracking().Where(row => row.UserId == userId && row.Application!.OrganizationId == organizationId)
            .OrderBy(row => row.Application!.Name)
            .Select(row => new { Consent = row, row.ApplicationId, row.Application!.Name, row.Application.Description, row.GivenAt, row.Scope }).ToListAsync(cancellation);
        var applications = new List<AllowedApplication>();
        foreach (var row in rows)
        {
            var scope = ScopeSet.TryParse(row.Scope, out var parsed) ? parsed : ScopeSet.Empty;
            var details = ConsentRegister.DetailsOf(row.Consent).SelectMany(request => request.All).Distinct();
            applications.Add(new AllowedApplication(row.ApplicationId, row.Name, row.Description, row.GivenAt,
                await ApiScopesInWords.ReadAsync(db, organizationId, scope, cancellation))
            {
                Details = await DetailInWords.ReadAsync(db, organizationId, details, cancellation),
            });
        }
        Applications = applications;
    }

    public async Task<IActionResult> OnPostAsync(Guid application, CancellationToken cancellation)
    {
        var outcome = await grants.TakeBackAsync(application, Session.UserId, Actor, cancellation);
        return outcome.Succeeded ? SeeOther(Links.Access, "The application can no longer act for you.") : NotFound();
    }
}
