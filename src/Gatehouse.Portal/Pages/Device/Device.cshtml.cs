using Gatehouse.Portal.Pages.Access;
using Gatehouse.Portal.Sessions;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Grants;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Portal.Pages.Device;

/// <summary>
/// Where a person types the code that a device shows, sees what the device would be able to do, and decides (RFC 8628 §3.3). It is asked
/// every time: only a person can see that code and device belong together.
/// </summary>
internal sealed class DevicePage(DeviceRegister devices, CodeGuesses guesses, GatehouseDb db) : PortalPage
{
    /// <summary>What was typed.</summary>
    [BindProperty]
    public string? Code { get; set; }

    /// <summary>What came with the address (<c>verification_uri_complete</c>).</summary>
    [BindProperty(SupportsGet = true, Name = "user_code")]
    public string? CodeOfAddress { get; set; }

    /// <summary>What waits under the code; null while none is found.</summary>
    public DeviceRequest? Waiting { get; private set; }

    /// <summary>How it ended; pending until then.</summary>
    public AuthorizationVerdict Verdict { get; private set; }

    public string ApplicationName { get; private set; } = string.Empty;

    public string ApplicationDescription { get; private set; } = string.Empty;

    public IReadOnlyList<ApiScopesInWords> Scopes { get; private set; } = [];

    public IReadOnlyList<DetailInWords> Details { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation) =>
        string.IsNullOrEmpty(CodeOfAddress) || await FindAsync(cancellation) ? Page() : Again();

    public async Task<IActionResult> OnPostAsync(string? decision, CancellationToken cancellation)
    {
        if (!await FindAsync(cancellation)) return Again();
        if (decision is not ("allow" or "deny")) return Page(); // The code was typed: now the question is shown.
        var verdict = decision == "allow" ? AuthorizationVerdict.Granted : AuthorizationVerdict.Denied;
        var decided = Waiting! with { Verdict = verdict, UserId = Session.UserId, AuthenticatedAt = Session.AuthenticatedAt };
        if (!await devices.DecideAsync(decided, Actor, cancellation))
        {
            Refuse();
            return Again();
        }
        Verdict = verdict;
        return Page();
    }

    // Another site can make the browser open addresses, and must not use up what the person may type.
    private bool IsForm => HttpMethods.IsPost(Request.Method);

    private async Task<bool> FindAsync(CancellationToken cancellation)
    {
        if (!guesses.Allows(Session.UserId, IsForm))
        {
            ModelState.AddModelError(nameof(Code), "Too many codes were wrong. Wait five minutes, and let the device show a new one.");
            return false;
        }
        Waiting = await devices.FindWaitingAsync(string.IsNullOrEmpty(Code) ? CodeOfAddress : Code, cancellation);
        if (Waiting?.OrganizationId != Organization.Id)
        {
            guesses.CountFailure(Session.UserId, IsForm);
            Refuse();
            return false;
        }
        var application = await db.Applications.AsNoTracking().Where(row => row.Id == Waiting.ApplicationId)
            .Select(row => new { row.Name, row.Description }).SingleAsync(cancellation);
        (ApplicationName, ApplicationDescription) = (application.Name, application.Description);
        Scopes = await ApiScopesInWords.ReadAsync(db, Organization.Id, ScopeOf(Waiting), cancellation);
        Details = await DetailInWords.ReadAsync(db, Organization.Id, AuthorizationDetails.OfText(Waiting.Details).All, cancellation);
        return true;
    }

    private void Refuse()
    {
        Waiting = null;
        ModelState.AddModelError(nameof(Code), "No device waits with this code. Codes work once and for ten minutes.");
    }

    private static ScopeSet ScopeOf(DeviceRequest request) => ScopeSet.TryParse(request.Scope, out var scope) ? scope : ScopeSet.Empty;
}
