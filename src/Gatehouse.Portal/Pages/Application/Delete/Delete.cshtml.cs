using System.ComponentModel.DataAnnotations;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Gatehouse.Portal.Pages.Application.Delete;

internal sealed class DeletePage(ApplicationOperations applications) : OwnedApplicationPage
{
    /// <summary>The application's name, typed: nobody deletes by a slip.</summary>
    [BindProperty]
    [StringLength(128, ErrorMessage = "This is not the application's name.")]
    public string? Name { get; set; }

    public PageResult OnGet() => Page();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        if (!string.Equals(Name?.Trim(), Application.Name, StringComparison.Ordinal) && ModelState.IsValid)
            ModelState.AddModelError(nameof(Name), "This is not the application's name. Type it exactly as it stands above.");
        if (!ModelState.IsValid) return Again();
        var outcome = await applications.DeleteAsync(Application.Id, Actor, cancellation);
        return outcome.Succeeded ? SeeOther(Links.Applications, $"“{Application.Name}” is deleted.") : NotFound();
    }
}
