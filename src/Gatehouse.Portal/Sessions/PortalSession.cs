using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Claims;
using Gatehouse.Store.Model;
using Gatehouse.Store.Sessions;

namespace Gatehouse.Portal.Sessions;

/// <summary>Who is signed in, since when, and in which session: what the cookie says.</summary>
/// <param name="AuthenticatedAt">When the password was last given; whole milliseconds.</param>
/// <param name="SessionId">256 random bits in hexadecimal, new at every sign-in.</param>
/// <param name="PublicId">What applications know the session by (<c>sid</c>): it opens nothing.</param>
/// <param name="SecurityStamp">Changes with the password: a session under an older stamp is over.</param>
internal sealed record PortalSession(
    Guid UserId, Guid OrganizationId, PortalRole Role, string DisplayName,
    DateTimeOffset AuthenticatedAt, string SessionId, string PublicId, string SecurityStamp)
{
    public const string Scheme = "Gatehouse.Portal";

    /// <summary>What is sensitive asks for the password again when it was last given longer ago than this.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromMinutes(5);

    /// <summary>The longest pause between two requests of a session.</summary>
    public static readonly TimeSpan IdleLimit = TimeSpan.FromHours(12);

    /// <summary>The longest time without giving the password, however busy the session is.</summary>
    public static readonly TimeSpan AbsoluteLimit = UserSessions.AbsoluteLifetime;

    public bool IsFresh(DateTimeOffset now) => now - AuthenticatedAt < Freshness;

    public bool IsOver(DateTimeOffset now) => now - AuthenticatedAt >= AbsoluteLimit;

    public ClaimsPrincipal ToPrincipal() => new(new ClaimsIdentity(
        [
            new(Names.Subject, UserId.ToString()),
            new(Names.Organization, OrganizationId.ToString()),
            new(Names.Role, Role.ToString()),
            new(Names.Name, DisplayName),
            new(Names.AuthenticatedAt, AuthenticatedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)),
            new(Names.SessionId, SessionId),
            new(Names.PublicId, PublicId),
            new(Names.SecurityStamp, SecurityStamp),
        ],
        Scheme, Names.Name, Names.Role));

    public static bool TryRead(ClaimsPrincipal? principal, [NotNullWhen(true)] out PortalSession? session)
    {
        session = null;
        if (principal?.Identity is not ClaimsIdentity { IsAuthenticated: true, AuthenticationType: Scheme } identity) return false;
        if (!Guid.TryParse(identity.FindFirst(Names.Subject)?.Value, out var user)
            || !Guid.TryParse(identity.FindFirst(Names.Organization)?.Value, out var organization)
            || !Enum.TryParse<PortalRole>(identity.FindFirst(Names.Role)?.Value, out var role) || !Enum.IsDefined(role)
            || !long.TryParse(identity.FindFirst(Names.AuthenticatedAt)?.Value, CultureInfo.InvariantCulture, out var at)
            || identity.FindFirst(Names.SessionId)?.Value is not { Length: > 0 } id
            || identity.FindFirst(Names.PublicId)?.Value is not { Length: > 0 } publicId
            || identity.FindFirst(Names.SecurityStamp)?.Value is not { Length: > 0 } stamp) return false;
        var name = identity.FindFirst(Names.Name)?.Value ?? string.Empty;
        session = new PortalSession(user, organization, role, name, DateTimeOffset.FromUnixTimeMilliseconds(at), id, publicId, stamp);
        return true;
    }

    private static class Names
    {
        public const string Subject = "sub";
        public const string Organization = "org";
        public const string Role = "role";
        public const string Name = "name";
        public const string AuthenticatedAt = "auth_time_ms";
        public const string SessionId = "session";
        public const string PublicId = "sid";
        public const string SecurityStamp = "stamp";
    }
}
