using Gatehouse.Portal.Pages.Access;
using Gatehouse.Portal.Rendering;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Portal.Pages.Registrations;

/// <summary>An application that registered itself and that nobody has approved.</summary>
internal sealed record Newcomer(Guid Id, string Name, string ClientId, object State, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    public required IReadOnlyList<string> RedirectUris { get; init; }

    public required IReadOnlyList<ApiScopesInWords> Scopes { get; init; }

    public required RegistrationDetails Details { get; init; }
}

/// <summary>Where API Support decides about applications that no person made (RFC 7591): they get approved, or go.</summary>
internal sealed class RegistrationsPage(GatehouseDb db, RegistrationOperations registrations, ApplicationOperations applications) : PortalPage
{
    public const int MaxShown = 50;

    public IReadOnlyList<Newcomer> Newcomers { get; private set; } = [];

    public int Total { get; private set; }

    public static bool IsFor(PortalRole role) => role is PortalRole.Support or PortalRole.Operator;

    protected override Task<bool> AdmitsAsync() => Task.FromResult(IsFor(Session.Role));

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        Total = await Unapproved.CountAsync(cancellation);
        var rows = await Unapproved.AsNoTracking().Include(row => row.Registration).OrderBy(row => row.CreatedAt).ThenBy(row => row.Id)
            .Take(MaxShown).ToListAsync(cancellation);
        var newcomers = new List<Newcomer>();
        foreach (var row in rows) newcomers.Add(await DescribeAsync(row, row.Registration!, cancellation));
        Newcomers = newcomers;
    }

    // One that somebody else decided about meanwhile, and one of another organization, are not there.
    public async Task<IActionResult> OnPostAsync(Guid application, string? decision, CancellationToken cancellation)
    {
        if (decision is not ("approve" or "refuse")) return BadRequest();
        var isThere = await Unapproved.AnyAsync(row => row.Id == application, cancellation);
        var outcome = !isThere ? Outcome<Store.Model.Application>.NotFound("application")
            : decision == "approve" ? await registrations.ApproveAsync(application, Actor, cancellation)
            : await applications.DeleteAsync(application, Actor, cancellation);
        return SeeOther(Links.Registrations, outcome.Value is not { } done ? "That was decided already."
            : decision == "approve" ? $"{done.Name} is approved." : $"{done.Name} is gone, and no token of it works any more.");
    }

    private IQueryable<Store.Model.Application> Unapproved =>
        db.Applications.Where(row => row.OrganizationId == Organization.Id && row.Registration != null && row.Registration.ApprovedAt == null);

    private async Task<Newcomer> DescribeAsync(Store.Model.Application row, DynamicRegistration registration, CancellationToken cancellation)
    {
        var scope = ScopeSet.TryParse(registration.Scope, out var parsed) ? parsed : ScopeSet.Empty;
        return new Newcomer(row.Id, row.Name, row.ClientId, row.State == ApplicationState.Active ? BadgeTagHelper.Word.Unverified : row.State, row.CreatedAt, registration.ExpiresAt)
        {
            RedirectUris = row.RedirectUris,
            Scopes = await ApiScopesInWords.ReadAsync(db, Organization.Id, scope, cancellation),
            Details = RegistrationDetails.Read(registration.Details),
        };
    }
}
