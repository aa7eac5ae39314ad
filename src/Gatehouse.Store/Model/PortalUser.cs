using Microsoft.AspNetCore.Identity;

namespace Gatehouse.Store.Model;

/// <summary>What a portal user may do: builds applications; decides requests; runs the organization.</summary>
public enum PortalRole
{
    Developer,
    Support,
    Operator,
}

/// <summary>A person who signs in to the portal of one organization.</summary>
public sealed class PortalUser : IdentityUser<Guid>
{
    public PortalUser() => Id = Guid.CreateVersion7();

    public Guid OrganizationId { get; set; }

    public PortalRole Role { get; set; }

    public string DisplayName { get; set; } = string.Empty;
}
