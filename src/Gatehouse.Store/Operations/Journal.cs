using Gatehouse.Store.Database;
using Gatehouse.Store.Model;

namespace Gatehouse.Store.Operations;

/// <summary>Adds to a transaction what every write owes: the audit event, and the change row when a hot path depends on it.</summary>
internal static class Journal
{
    public static void Audit(this GatehouseDb db, DateTimeOffset now, Actor actor, Guid organizationId, string action, string subject, string detail = "") =>
        db.AuditEvents.Add(new AuditEvent
        {
            OrganizationId = organizationId, At = now, Actor = actor.Name, Action = action, Subject = subject, Detail = detail,
        });

    public static void Announce(this GatehouseDb db, DateTimeOffset now, ChangeKind kind, string subject) =>
        db.Changes.Add(new Change { Kind = kind, Subject = subject, At = now });
}
