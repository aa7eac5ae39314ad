using Gatehouse.Portal.Reveal;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Mvc;

namespace Gatehouse.Portal.Pages.Applications.Create;

internal sealed class CreatePage(ApplicationOperations applications, OfferedPlans offered, OneTimeSecret oneTime) : PortalPage
{
    [BindProperty]
    public ApplicationAbout About { get; set; } = new();

    /// <summary>
    /// The chosen plan by API; empty for an API that is not wanted. Named, because an unnamed dictionary of which the form has no field (no
    /// API is published) would be filled with every other field.
    /// </summary>
    [BindProperty(Name = nameof(Plans))]
    public Dictionary<Guid, Guid?> Plans { get; set; } = [];

    public IReadOnlyList<OfferedApi> Apis { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellation) => Apis = await offered.ListAsync(Organization.Id, cancellation);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellation)
    {
        Apis = await offered.ListAsync(Organization.Id, cancellation);
        var chosen = Plans.Where(pair => pair.Value is not null).ToList();
        if (chosen.Any(pair => !Apis.Any(api => api.Id == pair.Key && api.Plans.Any(plan => plan.Id == pair.Value))))
            ModelState.AddModelError(string.Empty, "A chosen plan is not offered any more. Choose again.");
        if (!ModelState.IsValid) return Again();

        var draft = new ApplicationDraft(About.Name)
        {
            Description = About.Description ?? string.Empty, PlanIds = [.. chosen.Select(pair => pair.Value!.Value)],
        };
        var outcome = await applications.CreateAsync(Organization.Id, draft, Session.UserId, Actor, cancellation);
        if (outcome.Value is not { } created)
        {
            Refuse(outcome, ("client_name", "About.Name"), ("description", "About.Description"));
            return Again();
        }
        oneTime.Keep(TempData, Session, created.Application.Id, created.SecretId, created.Secret, isNew: true);
        return SeeOther(Links.Application(created.Application.Id), "The application is created.");
    }
}
