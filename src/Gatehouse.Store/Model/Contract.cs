namespace Gatehouse.Store.Model;

public enum ContractState
{
    Requested,
    Approved,
    Suspended,
    Revoked,
}

/// <summary>Application × API × plan. Only an approved contract gives scopes and lets calls through.</summary>
public sealed class Contract
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    public Guid ApplicationId { get; set; }

    public Application? Application { get; set; }

    public Guid ApiId { get; set; }

    public Api? Api { get; set; }

    public Guid PlanId { get; set; }

    public Plan? Plan { get; set; }

    public ContractState State { get; set; }

    public DateTimeOffset RequestedAt { get; set; }

    public DateTimeOffset? DecidedAt { get; set; }
}
