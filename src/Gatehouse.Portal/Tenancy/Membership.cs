using Gatehouse.Portal.Sessions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Portal.Tenancy;

/// <summary>
/// The user belongs to the organization that the path names. Every page asks for it unless it is a <see cref="PublicPageAttribute"/>.
/// </summary>
internal sealed class Membership : IAuthorizationRequirement
{
    public const string Policy = "Gatehouse.Portal.Member";
}

internal sealed class MembershipHandler(CurrentOrganization organization) : AuthorizationHandler<Membership>
{
    protected override async Task HandleRequirementAsync(AuthorizationHandlerContext context, Membership requirement)
    {
        if (context.Resource is HttpContext http && PortalSession.TryRead(context.User, out var session)
            && await organization.FindAsync(http) is { } found && found.Id == session.OrganizationId)
            context.Succeed(requirement);
    }
}
