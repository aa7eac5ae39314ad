using System.Reflection;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Admin.Access;

/// <summary>
/// The store as the calling application may read it: its own organization and nothing else. Route handlers read through this and never take
/// the database itself, so that no query can forget the filter.
/// </summary>
internal sealed class Tenant(GatehouseDb db, Guid organizationId)
{
    public IQueryable<Application> Applications => db.Applications.AsNoTracking().Where(row => row.OrganizationId == organizationId);

    public IQueryable<Contract> Contracts =>
        db.Contracts.AsNoTracking().Where(row => row.Application!.OrganizationId == organizationId)
            .Include(row => row.Application).Include(row => row.Api).Include(row => row.Plan);

    public IQueryable<Api> Apis =>
        db.Apis.AsNoTracking().AsSplitQuery().Where(row => row.OrganizationId == organizationId)
            .Include(row => row.Scopes).Include(row => row.DetailsTypes).Include(row => row.Operations).Include(row => row.Plans);

    public IQueryable<PortalUser> Users => db.Users.AsNoTracking().Where(row => row.OrganizationId == organizationId);

    public IQueryable<Store.Model.Organization> Organizations => db.Organizations.AsNoTracking().Where(row => row.Id == organizationId);

    /// <summary>The id of an application by its <c>client_id</c>; null when there is none in this organization.</summary>
    public Task<Guid?> FindApplicationAsync(string clientId, CancellationToken cancellation) =>
        Applications.Where(row => row.ClientId == clientId).Select(row => (Guid?)row.Id).SingleOrDefaultAsync(cancellation);

    public static ValueTask<Tenant> BindAsync(HttpContext context, ParameterInfo parameter) => ValueTask.FromResult(new Tenant(
        context.RequestServices.GetRequiredService<GatehouseDb>(), context.Features.GetRequiredFeature<AdminCaller>().OrganizationId));
}
