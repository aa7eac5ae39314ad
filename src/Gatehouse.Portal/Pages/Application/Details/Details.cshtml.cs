using Gatehouse.Portal.Pages.Applications;
using Gatehouse.Portal.Reveal;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;

namespace Gatehouse.Portal.Pages.Application.Details;

/// <summary>Everything about one application. Each thing that can be done to it is a page of its own.</summary>
internal sealed class DetailsPage(
    GatehouseDb db, PortalOptions options, OneTimeSecret oneTime, OfferedPlans offered, TimeProvider clock) : OwnedApplicationPage
{
    public SecretList Secrets { get; private set; } = null!;

    public ApplicationFacts Facts { get; private set; } = null!;

    /// <summary>The secret that was just made or asked for: on this page and on none after it.</summary>
    public ShownSecret? Shown { get; private set; }

    public bool MayRequestContract { get; private set; }

    public CurlCommands Commands => new(options);

    public PortalOptions Servers => options;

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        Secrets = await SecretList.ReadAsync(db, Application.Id, clock.GetUtcNow(), cancellation);
        Facts = await ApplicationFacts.ReadAsync(db, Application.Id, options, cancellation);
        if (Request.Cookies.ContainsKey(NoticeCookie)) Shown = oneTime.Take(TempData, Session, Application.Id);
        var taken = Facts.Contracts.Where(row => row.State != ContractState.Revoked).Select(row => row.ApiId).ToHashSet();
        MayRequestContract = (await offered.ListAsync(Organization.Id, cancellation)).Any(api => !taken.Contains(api.Id));
    }

    public RetireQuestion RetireQuestion(SecretRow secret) =>
        new(secret, Secrets.AdviceFor(secret), Links.RetireSecret(Application.Id, secret.Id));
}
