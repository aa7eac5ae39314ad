using System.Security.Cryptography;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Sessions;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Portal.Sessions;

/// <summary>
/// Begins and ends sessions. Each one has a row, so that signing out ends it for good: a copy of the cookie is worth nothing afterwards.
/// The row holds a hash of the session id and therefore opens nothing to whoever reads the database.
/// </summary>
internal sealed class SessionRegister(GatehouseDb db, UserSessions sessions, TimeProvider clock)
{
    /// <summary>Begins a session under a new id and ends the one that the request came with.</summary>
    public async Task<PortalSession> BeginAsync(HttpContext http, PortalUser user, CancellationToken cancellation)
    {
        var previous = await FindAsync(http);
        var id = RandomNumberGenerator.GetHexString(64, lowercase: true);
        var publicId = await sessions.BeginAsync(user.Id, id, previous?.SessionId, cancellation);
        var session = new PortalSession(
            user.Id, user.OrganizationId, user.Role, NameOf(user), clock.GetUtcNow(), id, publicId, user.SecurityStamp ?? string.Empty);
        await http.SignInAsync(PortalSession.Scheme, session.ToPrincipal());
        return session;
    }

    /// <summary>Ends the session that the request came with, if any; the applications that it signed in to are told.</summary>
    public async Task EndAsync(HttpContext http, CancellationToken cancellation)
    {
        if (await FindAsync(http) is { } session) await sessions.EndAsync(session.SessionId, cancellation);
        await http.SignOutAsync(PortalSession.Scheme);
    }

    /// <summary>Whether the session was begun here and has not ended, and password, role and organization are still those of then.</summary>
    public Task<bool> IsAliveAsync(PortalSession session, CancellationToken cancellation)
    {
        if (session.IsOver(clock.GetUtcNow())) return Task.FromResult(false);
        var key = UserSessions.KeyOf(session.SessionId);
        return db.Users.AsNoTracking().AnyAsync(
            user => user.Id == session.UserId && user.SecurityStamp == session.SecurityStamp
                && user.OrganizationId == session.OrganizationId && user.Role == session.Role
                && db.UserSessions.Any(row => row.UserId == user.Id && row.Key == key),
            cancellation);
    }

    /// <summary>The living session that the request came with, also on pages that ask for none.</summary>
    public static async Task<PortalSession?> FindAsync(HttpContext http)
    {
        var result = await http.AuthenticateAsync(PortalSession.Scheme);
        return PortalSession.TryRead(result.Principal, out var session) ? session : null;
    }

    private static string NameOf(PortalUser user) =>
        user.DisplayName.Length > 0 ? user.DisplayName : user.Email ?? user.UserName ?? "Signed in";
}
