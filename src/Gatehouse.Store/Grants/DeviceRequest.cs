using Gatehouse.Protocol.RichAuthorization;

namespace Gatehouse.Store.Grants;

/// <summary>What a device asks for (RFC 8628 §3.1), found by its user code until the user has decided and the device has fetched it.</summary>
public sealed record DeviceRequest
{
    /// <summary>How long the user has.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    /// <summary>As it is shown to the user.</summary>
    public required string UserCode { get; init; }

    public required Guid ApplicationId { get; init; }

    public required Guid OrganizationId { get; init; }

    /// <summary>The scopes that are asked for, separated by blanks.</summary>
    public required string Scope { get; init; }

    /// <summary>The APIs that are asked for by name (RFC 8707); empty: every one that owns a scope.</summary>
    public IReadOnlyList<string> Resources { get; init; } = [];

    /// <summary>What is asked for in detail, as <see cref="AuthorizationDetails.Text"/>; null: nothing.</summary>
    public string? Details { get; init; }

    public AuthorizationVerdict Verdict { get; init; }

    public Guid UserId { get; init; }

    public DateTimeOffset AuthenticatedAt { get; init; }

    /// <summary>The grant that it becomes.</summary>
    public Guid GrantId { get; init; } = Guid.CreateVersion7();
}

/// <summary>The device's side: how often it may ask.</summary>
internal sealed record DevicePolling
{
    public required string UserCode { get; init; }

    public required Guid ApplicationId { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }

    public required int IntervalSeconds { get; init; }

    public DateTimeOffset? AskedAt { get; init; }
}
