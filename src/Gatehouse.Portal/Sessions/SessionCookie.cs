using Microsoft.AspNetCore.Authentication;
using Gatehouse.Portal.Tenancy;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Gatehouse.Portal.Sessions;

/// <summary>What happens when the cookie comes, is missing, or is not enough.</summary>
internal sealed class SessionCookie(SessionRegister sessions, CurrentOrganization organization) : CookieAuthenticationEvents
{
    /// <summary>The prefix binds the cookie to this host and to https (RFC 6265bis §4.1.3.2).</summary>
    public const string Name = "__Host-gatehouse-session";

    public static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = Name;
        options.Cookie.HttpOnly = true;
        options.Cookie.SecurePolicy = CookieSecurePolicy.Always;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.Cookie.Path = "/";
        options.Cookie.IsEssential = true;
        options.ExpireTimeSpan = PortalSession.IdleLimit;
        options.SlidingExpiration = true;
        options.EventsType = typeof(SessionCookie);
    }

    public override async Task ValidatePrincipal(CookieValidatePrincipalContext context)
    {
        if (PortalSession.TryRead(context.Principal, out var session)
            && await sessions.IsAliveAsync(session, context.HttpContext.RequestAborted)) return;
        context.RejectPrincipal();
        // The cookie of an ended session is not worth sending again.
        context.Response.Cookies.Delete(Name, context.Options.Cookie.Build(context.HttpContext));
    }

    public override async Task RedirectToLogin(RedirectContext<CookieAuthenticationOptions> context)
    {
        // An unknown organization has no sign-in page to be sent to.
        if (await organization.FindAsync(context.HttpContext) is not { } known)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var request = context.Request;
        var links = new PortalLinks(request.PathBase, known.Slug);
        // Nobody can be sent back to a form's target.
        var back = HttpMethods.IsGet(request.Method) ? UriHelper.BuildRelative(request.PathBase, request.Path, request.QueryString) : null;
        context.Response.StatusCode = StatusCodes.Status303SeeOther;
        context.Response.Headers.Location = links.SignIn(back);
    }

    /// <summary>To a member of another organization this one's pages do not exist.</summary>
    public override async Task RedirectToAccessDenied(RedirectContext<CookieAuthenticationOptions> context)
    {
        var isMember = PortalSession.TryRead(context.HttpContext.User, out var session)
            && (await organization.FindAsync(context.HttpContext))?.Id == session.OrganizationId;
        context.Response.StatusCode = isMember ? StatusCodes.Status403Forbidden : StatusCodes.Status404NotFound;
    }
}
