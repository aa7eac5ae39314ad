using Gatehouse.Portal.Sessions;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Gatehouse.Portal.Pages.SignOut;

/// <summary>Only the form signs out, so that no foreign page can.</summary>
internal sealed class SignOutPage(SessionRegister sessions) : PortalPage
{
    public PageResult OnGet() => Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        await sessions.EndAsync(HttpContext, cancellation);
        return SeeOther(Links.SignIn(), "You are signed out.");
    }
}
