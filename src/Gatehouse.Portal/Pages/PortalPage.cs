using Gatehouse.Portal.Sessions;
using Gatehouse.Portal.Tenancy;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Portal.Pages;

/// <summary>A page of one organization's portal.</summary>
internal abstract class PortalPage : PageModel
{
    public const string NoticeKey = "notice";
    public const string NoticeCookie = "__Host-gatehouse-notice";

    private PortalSession? _session;

    public PortalOrganization Organization { get; private set; } = null!;

    public PortalLinks Links => new(Request.PathBase, Organization.Slug);

    /// <summary>Who is signed in. Only for pages that are not public.</summary>
    public PortalSession Session => _session ??= PortalSession.TryRead(User, out var session)
        ? session
        : throw new InvalidOperationException("A public page has no session.");

    public Actor Actor => Actor.User(Session.UserId);

    public sealed override async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        if (await HttpContext.RequestServices.GetRequiredService<CurrentOrganization>().FindAsync(HttpContext) is not { } organization)
        {
            context.Result = NotFound();
            return;
        }
        Organization = organization;
        if (!await AdmitsAsync()) context.Result = NotFound();
        // Without a handler the framework would show the page as it stands.
        else if (context.HandlerMethod is null) context.Result = StatusCode(StatusCodes.Status405MethodNotAllowed);
        else await next();
    }

    /// <summary>Whether the page is there for this user; runs before every handler.</summary>
    protected virtual Task<bool> AdmitsAsync() => Task.FromResult(true);

    /// <summary>The answer to a form that did what it was asked: a page that can be reloaded without doing it again.</summary>
    protected StatusCodeResult SeeOther(string path, string? notice = null)
    {
        if (notice is not null) TempData[NoticeKey] = notice;
        Response.Headers.Location = path;
        return StatusCode(StatusCodes.Status303SeeOther);
    }

    /// <summary>The form again, with what was typed and what is wrong with it.</summary>
    protected PageResult Again()
    {
        var page = Page();
        page.StatusCode = StatusCodes.Status422UnprocessableEntity;
        return page;
    }

    /// <summary>Puts a refusal beside the field that it is about, or above the form when it is about none.</summary>
    /// <param name="outcome">A refusal.</param>
    /// <param name="fields">The page's field for each of the operation's, in RFC 7591 spelling.</param>
    protected void Refuse<T>(Outcome<T> outcome, params (string Operation, string Page)[] fields)
        where T : class =>
        ModelState.AddModelError(Array.Find(fields, pair => pair.Operation == outcome.Field).Page ?? string.Empty, outcome.Message);
}
