using Gatehouse.Portal.Sessions;
using Gatehouse.Portal.Tenancy;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Grants;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Portal.Pages.Access.Authorize;

/// <summary>
/// The user's part of an authorization request: sign in, and say what the application may do. It is public because it decides by itself when
/// somebody must sign in, and shows nothing to a browser that did not begin the request.
/// </summary>
[PublicPage]
internal sealed class AuthorizePage(InteractionRegister interactions, ConsentRegister consents, GatehouseDb db, TimeProvider clock) : PortalPage
{
    /// <summary>The request; null when it is over, or another browser's.</summary>
    public FoundInteraction? Found { get; private set; }

    /// <summary>True when the decision is made and the browser goes on.</summary>
    public bool IsDecided { get; private set; }

    public PortalSession? Person { get; private set; }

    /// <summary>Whoever has signed in just now is not the user that the application named: there is no answer for anybody else (OpenID Connect Core §3.1.2.2).</summary>
    private bool IsSomebodyElse { get; set; }

    public string ApplicationName { get; private set; } = string.Empty;

    public string ApplicationDescription { get; private set; } = string.Empty;

    /// <summary>Where the answer goes, as far as a person needs to know.</summary>
    public string Destination { get; private set; } = string.Empty;

    /// <summary>It registered itself, and nobody has approved what it is now.</summary>
    public bool IsUnverified { get; private set; }

    public IReadOnlyList<ApiScopesInWords> Scopes { get; private set; } = [];

    public IReadOnlyList<DetailInWords> Details { get; private set; } = [];

    /// <summary>Set on the way back from signing in: what follows must not be a redirect out of a form.</summary>
    [BindProperty(SupportsGet = true, Name = "signed-in")]
    public bool HasSignedIn { get; set; }

    public async Task<IActionResult> OnGetAsync(string handle, CancellationToken cancellation)
    {
        if (await FindAsync(handle, cancellation) is not { } asked) return Over();
        if (asked.Verdict != AuthorizationVerdict.Pending) return Continue();
        var isSilent = asked.Prompts.Contains("none", StringComparer.Ordinal);
        if (Person is null) return isSilent || IsSomebodyElse ? await DecideAsync(AuthorizationVerdict.LoginRequired, cancellation) : SignIn(asked);
        var isAsked = asked.IsUnproven || asked.Prompts.Contains("consent", StringComparer.Ordinal);
        if (!isAsked && await consents.CoversAsync(asked.ApplicationId, Person.UserId, ScopeOf(asked), AuthorizationDetails.OfText(asked.Details), cancellation))
            return await DecideAsync(AuthorizationVerdict.Granted, cancellation);
        if (isSilent) return await DecideAsync(AuthorizationVerdict.ConsentRequired, cancellation);
        await DescribeAsync(asked, cancellation);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string handle, string? decision, CancellationToken cancellation)
    {
        HasSignedIn = true;
        if (await FindAsync(handle, cancellation) is not { } asked) return Over();
        if (asked.Verdict != AuthorizationVerdict.Pending) return Continue();
        if (Person is null) return IsSomebodyElse ? await DecideAsync(AuthorizationVerdict.LoginRequired, cancellation) : SignIn(asked);
        if (decision != "allow") return await DecideAsync(AuthorizationVerdict.Denied, cancellation);
        var remembered = await consents.RememberAsync(
            asked.OrganizationId, asked.ApplicationId, Person.UserId, ScopeOf(asked), AuthorizationDetails.OfText(asked.Details), Actor.User(Person.UserId), cancellation);
        return remembered.Succeeded ? await DecideAsync(AuthorizationVerdict.Granted, cancellation) : Over();
    }

    private async Task<AuthorizationInteraction?> FindAsync(string handle, CancellationToken cancellation)
    {
        Found = await interactions.FindAsync(handle, Request.Cookies[InteractionRegister.BrowserCookie], cancellation);
        if (Found?.Interaction is not { } asked || asked.OrganizationId != Organization.Id) return null;
        var session = await SessionRegister.FindAsync(HttpContext);
        var isRecent = session?.OrganizationId == Organization.Id && IsRecentEnough(session, asked);
        var isHinted = asked.HintedUserId is not { } hinted || session?.UserId == hinted;
        Person = isRecent && isHinted ? session : null;
        IsSomebodyElse = HasSignedIn && isRecent && !isHinted;
        return asked;
    }

    // Whole milliseconds: the session counts in them.
    private bool IsRecentEnough(PortalSession session, AuthorizationInteraction asked)
    {
        var isSinceRequest = session.AuthenticatedAt.ToUnixTimeMilliseconds() >= asked.StartedAt.ToUnixTimeMilliseconds();
        if (isSinceRequest) return true;
        if (asked.Prompts.Any(prompt => prompt is "login" or "select_account")) return false;
        return asked.MaxAgeSeconds is not { } age || clock.GetUtcNow().ToUnixTimeMilliseconds() - session.AuthenticatedAt.ToUnixTimeMilliseconds() <= age * 1000;
    }

    private StatusCodeResult SignIn(AuthorizationInteraction asked) => SeeOther(
        Links.SignIn(Links.Authorize(Found!.Handle) + "?signed-in=true") + "&anew=true"
        + (asked.LoginHint is { } hint ? "&hint=" + Uri.EscapeDataString(hint) : string.Empty));

    private async Task<IActionResult> DecideAsync(AuthorizationVerdict verdict, CancellationToken cancellation)
    {
        var decided = Found!.Interaction with
        {
            Verdict = verdict, UserId = Person?.UserId ?? Guid.Empty, AuthenticatedAt = Person?.AuthenticatedAt ?? default, SessionId = Person?.PublicId, IsUnverified = await IsUnverifiedAsync(Found.Interaction, cancellation),
        };
        // When two tabs decide at once the first counts; resuming tells the second that it is over.
        await interactions.DecideAsync(Found, decided, cancellation);
        return Continue();
    }

    // A redirect that leaves this host must not follow a form (the policy forbids forms to elsewhere): a page that goes on by itself may.
    private IActionResult Continue()
    {
        var resume = Request.PathBase + InteractionRegister.ResumeUrl(Found!.Handle);
        if (!HasSignedIn) return SeeOther(resume);
        IsDecided = true;
        Response.Headers["Refresh"] = "0; url=" + resume;
        return Page();
    }

    private PageResult Over()
    {
        Found = null;
        var page = Page();
        page.StatusCode = StatusCodes.Status404NotFound;
        return page;
    }

    private static ScopeSet ScopeOf(AuthorizationInteraction asked) => ScopeSet.TryParse(asked.Scope, out var scope) ? scope : ScopeSet.Empty;

    // As it is now: the approval may have ended since the request began.
    private Task<bool> IsUnverifiedAsync(AuthorizationInteraction asked, CancellationToken cancellation) =>
        db.Applications.AnyAsync(row => row.Id == asked.ApplicationId && row.Registration != null && row.Registration.ApprovedAt == null, cancellation);

    private async Task DescribeAsync(AuthorizationInteraction asked, CancellationToken cancellation)
    {
        var application = await db.Applications.AsNoTracking().Where(row => row.Id == asked.ApplicationId)
            .Select(row => new { row.Name, row.Description }).SingleAsync(cancellation);
        (ApplicationName, ApplicationDescription) = (application.Name, application.Description);
        Destination = DestinationInWords.Of(asked.RedirectUri);
        IsUnverified = await IsUnverifiedAsync(asked, cancellation);
        Scopes = await ApiScopesInWords.ReadAsync(db, asked.OrganizationId, ScopeOf(asked), cancellation);
        Details = await DetailInWords.ReadAsync(db, asked.OrganizationId, AuthorizationDetails.OfText(asked.Details).All, cancellation);
    }
}
