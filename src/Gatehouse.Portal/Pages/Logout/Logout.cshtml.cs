using Gatehouse.Portal.Sessions;
using Gatehouse.Portal.Tenancy;
using Gatehouse.Store.Grants;
using Gatehouse.Store.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Gatehouse.Portal.Pages.Logout;

/// <summary>
/// The user's part of an application's logout request (OpenID Connect RP-Initiated Logout §2): asks, and ends the session. It does not ask when
/// an ID token names exactly this session, because no foreign page has that. It is public, because nobody may be signed in any more.
/// </summary>
[PublicPage]
internal sealed class LogoutPage(LogoutRequestRegister requests, SessionRegister sessions) : PortalPage
{
    private bool _hasEndedNamed;

    /// <summary>The request; null when it is over, or another browser's.</summary>
    public FoundLogout? Found { get; private set; }

    public PortalSession? Person { get; private set; }

    /// <summary>True when nobody is signed in here any more.</summary>
    public bool IsEnded { get; private set; }

    /// <summary>Whether the application has named another account.</summary>
    public bool IsForSomebodyElse => Found?.Request.UserId is { } named && named != Person?.UserId;

    /// <summary>Whether the browser is sent back to the application.</summary>
    public bool GoesBack => Found!.Request is { RedirectUri: not null } asked && (!asked.IsUnverified || asked.IsDone || _hasEndedNamed);

    // The session that an ID token names is the one of this browser.
    private bool IsNamed => Person is not null && Found!.Request.SessionId == Person.PublicId && Found.Request.UserId == Person.UserId;

    private string Resume => Request.PathBase + LogoutRequestRegister.ResumeUrl(Found!.Handle);

    public async Task<IActionResult> OnGetAsync(string handle, CancellationToken cancellation)
    {
        if (!await FindAsync(handle, cancellation)) return Over();
        if (Found!.Request.IsDone) return SeeOther(Resume);
        if (Person is not null && !IsNamed) return Page();
        await EndAsync(cancellation);
        return GoesBack ? SeeOther(Resume) : Page();
    }

    // A redirect that leaves this host must not follow a form (the policy forbids forms to elsewhere): a page that goes on by itself may.
    public async Task<IActionResult> OnPostAsync(string handle, string? decision, CancellationToken cancellation)
    {
        if (!await FindAsync(handle, cancellation)) return Over();
        if (decision != "sign-out")
        {
            await requests.CloseAsync(Found!, cancellation);
            return SeeOther(Links.Applications);
        }
        if (!Found!.Request.IsDone) await EndAsync(cancellation);
        IsEnded = true;
        if (GoesBack) Response.Headers["Refresh"] = "0; url=" + Resume;
        return Page();
    }

    private async Task<bool> FindAsync(string handle, CancellationToken cancellation)
    {
        Found = await requests.FindAsync(handle, Request.Cookies[InteractionRegister.BrowserCookie], cancellation);
        if (Found?.Request.Organization != Organization.Slug) Found = null; // The page of another portal would end another session.
        var session = await SessionRegister.FindAsync(HttpContext);
        Person = session?.OrganizationId == Organization.Id ? session : null;
        return Found is not null;
    }

    private async Task EndAsync(CancellationToken cancellation)
    {
        _hasEndedNamed = IsNamed;
        if (Person is not null) await sessions.EndAsync(HttpContext, cancellation);
        IsEnded = true;
        if (GoesBack) await requests.FinishAsync(Found!, cancellation);
        else await requests.CloseAsync(Found!, cancellation);
    }

    private PageResult Over()
    {
        Found = null;
        var page = Page();
        page.StatusCode = StatusCodes.Status404NotFound;
        return page;
    }
}
