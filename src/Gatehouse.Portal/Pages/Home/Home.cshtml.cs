using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Portal.Pages.Home;

/// <summary>The way in: everything a developer comes for starts at the applications.</summary>
internal sealed class HomePage : PortalPage
{
    public RedirectResult OnGet() => Redirect(Links.Applications);
}
