namespace Gatehouse.Store.Model;

/// <summary>The tenant that publishes APIs; its slug is <c>{org}</c> in <c>/exchange/portals/{org}/…</c>.</summary>
public sealed class Organization
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    public required string Slug { get; set; }

    public required string Name { get; set; }

    /// <summary>When true a client secret is shown once, at creation, and no copy of it is kept.</summary>
    public bool ShowSecretsOnce { get; set; }

    public DateTimeOffset CreatedAt { get; set; }
}
