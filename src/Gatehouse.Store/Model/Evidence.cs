namespace Gatehouse.Store.Model;

/// <summary>A refused request, in words for the application's owner; found by the trace id that the wire carried.</summary>
public sealed class Problem
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    public Guid ApplicationId { get; set; }

    public DateTimeOffset At { get; set; }

    public required string TraceId { get; set; }

    /// <summary>The failure's name out of a slice's closed set, such as <c>secret_retired</c>.</summary>
    public required string Code { get; set; }

    /// <summary>The exact cause in one sentence. Never contains a secret or a token.</summary>
    public required string Cause { get; set; }

    public string SourceAddress { get; set; } = string.Empty;
}

/// <summary>Who changed or revealed what.</summary>
public sealed class AuditEvent
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    public Guid OrganizationId { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>A user's id, or <c>client:{client_id}</c>, or <c>system</c>.</summary>
    public required string Actor { get; set; }

    /// <summary>What was done, as <c>application.created</c>.</summary>
    public required string Action { get; set; }

    /// <summary>What it was done to: an id.</summary>
    public required string Subject { get; set; }

    public string Detail { get; set; } = string.Empty;
}
