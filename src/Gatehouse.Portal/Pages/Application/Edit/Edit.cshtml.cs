using Gatehouse.Portal.Pages.Applications;
using Gatehouse.Store.Database;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Portal.Pages.Application.Edit;

internal sealed class EditPage(GatehouseDb db, ApplicationOperations applications) : OwnedApplicationPage
{
    [BindProperty]
    public ApplicationAbout About { get; set; } = new();

    public void OnGet() => About = new ApplicationAbout { Name = Application.Name, Description = Application.Description };

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (!ModelState.IsValid) return Again();
        // What the page does not show stays as it is.
        var row = await db.Applications.AsNoTracking().SingleAsync(row => row.Id == Application.Id, cancellation);
        var draft = ApplicationDraft.Of(row) with { Name = About.Name, Description = About.Description ?? string.Empty };
        var outcome = await applications.ChangeAsync(Application.Id, draft, Actor, cancellation);
        if (outcome.Succeeded) return SeeOther(Links.Application(Application.Id), "Saved.");
        Refuse(outcome, ("client_name", "About.Name"), ("description", "About.Description"));
        return Again();
    }
}
