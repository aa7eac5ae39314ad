using Gatehouse.Store.Database;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Portal.Pages.Application.RetireSecret;

/// <summary>Asks before a secret is retired; with scripts the same question comes up in a dialog.</summary>
internal sealed class RetireSecretPage(GatehouseDb db, SecretOperations secrets, TimeProvider clock) : OwnedApplicationPage
{
    [BindProperty(SupportsGet = true)]
    public Guid SecretId { get; set; }

    public RetireQuestion Question { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken cancellation)
    {
        var list = await SecretList.ReadAsync(db, Application.Id, clock.GetUtcNow(), cancellation);
        if (list.Find(SecretId) is not { RetiredAt: null } secret) return NotFound();
        Question = new RetireQuestion(secret, list.AdviceFor(secret), Links.RetireSecret(Application.Id, SecretId));
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        var outcome = await secrets.RetireAsync(Application.Id, SecretId, Actor, cancellation);
        return outcome.Succeeded ? SeeOther(Links.Application(Application.Id), "The secret is retired.") : NotFound();
    }
}
