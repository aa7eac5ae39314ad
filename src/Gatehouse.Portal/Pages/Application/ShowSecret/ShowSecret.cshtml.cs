using System.ComponentModel.DataAnnotations;
using Gatehouse.Portal.Reveal;
using Gatehouse.Portal.Sessions;
using Gatehouse.Store.Database;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Portal.Pages.Application.ShowSecret;

/// <summary>Shows a secret again, to somebody who gave the password within the last five minutes or gives it now.</summary>
internal sealed class ShowSecretPage(
    GatehouseDb db, SecretOperations secrets, OneTimeSecret oneTime, PasswordCheck passwords, SessionRegister sessions, TimeProvider clock)
    : OwnedApplicationPage
{
    private const string Refused = "The password is not right. After several wrong attempts none is accepted for five minutes.";

    [BindProperty(SupportsGet = true)]
    public Guid SecretId { get; set; }

    [BindProperty]
    [StringLength(PasswordCheck.MaxLength, ErrorMessage = "The password is too long.")]
    public string? Password { get; set; }

    /// <summary>True when the form of this page was sent, false for a button elsewhere that knows of no password.</summary>
    [BindProperty]
    public bool Asked { get; set; }

    public SecretRow Secret { get; private set; } = null!;

    public bool NeedsPassword => !Session.IsFresh(clock.GetUtcNow());

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation) => await FindAsync(cancellation) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (!await FindAsync(cancellation)) return NotFound();
        var session = Session;
        if (NeedsPassword)
        {
            if (!Asked) return SeeOther(Links.ShowSecret(Application.Id, SecretId));
            if (await ConfirmAsync(cancellation) is not { } confirmed) return Again();
            session = confirmed;
        }
        var outcome = await secrets.RevealAsync(Application.Id, SecretId, Actor, cancellation);
        if (outcome.Value is not { } revealed) return NotFound(); // Retired meanwhile.
        oneTime.Keep(TempData, session, Application.Id, SecretId, revealed.Secret, isNew: false);
        return SeeOther(Links.Application(Application.Id));
    }

    private async Task<PortalSession?> ConfirmAsync(CancellationToken cancellation)
    {
        if (string.IsNullOrEmpty(Password)) ModelState.AddModelError(nameof(Password), "Enter your password.");
        if (!ModelState.IsValid) return null;
        var user = await passwords.CheckAgainAsync(Session.UserId, Password!, HttpContext.Connection.RemoteIpAddress, cancellation);
        if (user is not null) return await sessions.BeginAsync(HttpContext, user, cancellation);
        ModelState.AddModelError(nameof(Password), Refused);
        return null;
    }

    // An organization that shows secrets once shows none again, copies from before included.
    private async Task<bool> FindAsync(CancellationToken cancellation)
    {
        if (Organization.ShowSecretsOnce) return false;
        var found = await db.ApplicationSecrets.AsNoTracking()
            .Where(row => row.ApplicationId == Application.Id && row.Id == SecretId && row.EncryptedCopy != null)
            .Select(SecretRow.Projection).SingleOrDefaultAsync(cancellation);
        if (found is null) return false;
        Secret = found;
        return true;
    }
}
