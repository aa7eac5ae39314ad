using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Gatehouse.Portal.Pages.Application.RevokeTokens;

/// <summary>Asks before tokens are revoked; with scripts the same question comes up in a dialog.</summary>
internal sealed class RevokeTokensPage(ApplicationOperations applications) : OwnedApplicationPage
{
    public PageResult OnGet() => Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        var outcome = await applications.RevokeTokensAsync(Application.Id, Actor, cancellation);
        return outcome.Succeeded
            ? SeeOther(Links.Application(Application.Id), "Every access token and refresh token issued until now is revoked.")
            : outcome.Refusal == Refusal.NotFound ? NotFound()
            : SeeOther(Links.Application(Application.Id), outcome.Message);
    }
}
