using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Portal.Sessions;

/// <summary>
/// Begins and ends sessions. Each one has a row, so that signing out ends it for good: a copy of the cookie is worth nothing afterwards.
/// The row holds a hash of the session id and therefore opens nothing to whoever reads the database.
/// </summary>
internal sealed class SessionRegister(GatehouseDb db, TimeProvider clock)
{
    /// <summary>The most sessions of one person; the oldest ends when another begins.</summary>
    public const int MaxPerUser = 20;

    private const string Provider = "portal-session";

    /// <summary>Begins a session under a new id and ends the one that the request came with.</summary>
    public async Task<PortalSession> BeginAsync(HttpContext http, PortalUser user, CancellationToken cancellation)
    {
        if (await FindAsync(http) is { } previous) await RemoveAsync(previous, cancellation);
        var id = RandomNumberGenerator.GetHexString(64, lowercase: true);
        var session = new PortalSession(
            user.Id, user.OrganizationId, user.Role, NameOf(user), clock.GetUtcNow(), id, user.SecurityStamp ?? string.Empty);
        await PruneAsync(user.Id, cancellation);
        db.UserTokens.Add(new IdentityUserToken<Guid>
        {
            UserId = user.Id, LoginProvider = Provider, Name = HashOf(id),
            Value = clock.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        });
        await db.SaveChangesAsync(cancellation);
        await http.SignInAsync(PortalSession.Scheme, session.ToPrincipal());
        return session;
    }

    /// <summary>Ends the session that the request came with, if any.</summary>
    public async Task EndAsync(HttpContext http, CancellationToken cancellation)
    {
        if (await FindAsync(http) is { } session) await RemoveAsync(session, cancellation);
        await http.SignOutAsync(PortalSession.Scheme);
    }

    /// <summary>Whether the session was begun here and has not ended, and password, role and organization are still those of then.</summary>
    public Task<bool> IsAliveAsync(PortalSession session, CancellationToken cancellation)
    {
        if (session.IsOver(clock.GetUtcNow())) return Task.FromResult(false);
        var hash = HashOf(session.SessionId);
        return db.Users.AsNoTracking().AnyAsync(
            user => user.Id == session.UserId && user.SecurityStamp == session.SecurityStamp
                && user.OrganizationId == session.OrganizationId && user.Role == session.Role
                && db.UserTokens.Any(token => token.UserId == user.Id && token.LoginProvider == Provider && token.Name == hash),
            cancellation);
    }

    /// <summary>The living session that the request came with, also on pages that ask for none.</summary>
    public static async Task<PortalSession?> FindAsync(HttpContext http)
    {
        var result = await http.AuthenticateAsync(PortalSession.Scheme);
        return PortalSession.TryRead(result.Principal, out var session) ? session : null;
    }

    private Task<int> RemoveAsync(PortalSession session, CancellationToken cancellation)
    {
        var hash = HashOf(session.SessionId);
        return db.UserTokens.Where(token => token.UserId == session.UserId && token.LoginProvider == Provider && token.Name == hash)
            .ExecuteDeleteAsync(cancellation);
    }

    private async Task PruneAsync(Guid userId, CancellationToken cancellation)
    {
        var dead = (clock.GetUtcNow() - PortalSession.AbsoluteLimit).ToUnixTimeSeconds();
        var rows = await db.UserTokens.Where(token => token.UserId == userId && token.LoginProvider == Provider).ToListAsync(cancellation);
        var kept = rows.Where(row => BegunAt(row) > dead).OrderByDescending(BegunAt).Take(MaxPerUser - 1).ToHashSet();
        db.UserTokens.RemoveRange(rows.Where(row => !kept.Contains(row)));
    }

    private static long BegunAt(IdentityUserToken<Guid> row) => long.TryParse(row.Value, CultureInfo.InvariantCulture, out var at) ? at : 0;

    private static string HashOf(string sessionId) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(sessionId)));

    private static string NameOf(PortalUser user) =>
        user.DisplayName.Length > 0 ? user.DisplayName : user.Email ?? user.UserName ?? "Signed in";
}
