using Gatehouse.Portal.Pages.Applications;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Portal.Pages.Application.Edit;

internal sealed class EditPage(ApplicationOperations applications) : OwnedApplicationPage
{
    [BindProperty]
    public ApplicationAbout About { get; set; } = new();

    public void OnGet() => About = new ApplicationAbout { Name = Application.Name, Description = Application.Description };

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (!ModelState.IsValid) return Again();
        var outcome = await applications.DescribeAsync(Application.Id, About.Name, About.Description ?? string.Empty, Actor, cancellation);
        if (outcome.Succeeded) return SeeOther(Links.Application(Application.Id), "Saved.");
        Refuse(outcome, ("client_name", "About.Name"), ("description", "About.Description"));
        return Again();
    }
}
