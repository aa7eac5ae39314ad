using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Portal.Pages.Application;

/// <summary>What every page about an application needs of it.</summary>
internal sealed record OwnedApplication(
    Guid Id, string ClientId, string Name, string Description, ApplicationState State, DateTimeOffset CreatedAt);

/// <summary>
/// A page about one application. This is the one place that decides whose application it is: no handler runs unless the user owns it, and
/// somebody else's looks exactly like one that does not exist.
/// </summary>
internal abstract class OwnedApplicationPage : PortalPage
{
    public OwnedApplication Application { get; private set; } = null!;

    protected sealed override async Task<bool> AdmitsAsync()
    {
        if (await FindOwnedAsync() is not { } found) return false;
        Application = found;
        return true;
    }

    private async Task<OwnedApplication?> FindOwnedAsync()
    {
        if (!Guid.TryParse(HttpContext.GetRouteValue("id") as string, out var id)) return null;
        var (organizationId, userId) = (Organization.Id, Session.UserId);
        var db = HttpContext.RequestServices.GetRequiredService<GatehouseDb>();
        return await db.Applications.AsNoTracking()
            .Where(row => row.Id == id && row.OrganizationId == organizationId && row.Owners.Any(owner => owner.UserId == userId))
            .Select(row => new OwnedApplication(row.Id, row.ClientId, row.Name, row.Description, row.State, row.CreatedAt))
            .SingleOrDefaultAsync(HttpContext.RequestAborted);
    }
}
