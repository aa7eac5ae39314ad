using Gatehouse.Portal.Pages.Access;
using Gatehouse.Portal.Rendering;
using Gatehouse.Protocol.Certificates;
using Gatehouse.Protocol.Jose;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Signatures;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Portal.Pages.Registrations;

/// <summary>An application that registered itself and that nobody has approved.</summary>
internal sealed record Newcomer(Guid Id, string Name, string ClientId, object State, DateTimeOffset CreatedAt, DateTimeOffset? ExpiresAt)
{
    public required IReadOnlyList<string> RedirectUris { get; init; }

    public required IReadOnlyList<ApiScopesInWords> Scopes { get; init; }

    public required RegistrationDetails Details { get; init; }

    public required IReadOnlyList<string> GrantTypes { get; init; }

    public required IReadOnlyList<string> DetailsTypes { get; init; }

    public required string AuthMethod { get; init; }

    /// <summary>Where its keys come from; empty: none are fetched.</summary>
    public required string JwksUri { get; init; }

    /// <summary>The thumbprints (RFC 7638) of the keys that it brought itself.</summary>
    public required IReadOnlyList<string> Keys { get; init; }

    /// <summary>Whom its certificate names; null when that does not matter.</summary>
    public required CertificateSubject? Certificate { get; init; }

    public required IReadOnlyList<string> LogoutUris { get; init; }

    /// <summary>What stands on the page is what is approved.</summary>
    public required string Revision { get; init; }
}

/// <summary>Where API Support decides about applications that no person made (RFC 7591): they get approved, or go.</summary>
internal sealed class RegistrationsPage(GatehouseDb db, RegistrationOperations registrations, ApplicationOperations applications) : PortalPage
{
    public const int MaxShown = 50;

    public IReadOnlyList<Newcomer> Newcomers { get; private set; } = [];

    public int Total { get; private set; }

    public static bool IsFor(PortalRole role) => role is PortalRole.Support or PortalRole.Operator;

    protected override Task<bool> AdmitsAsync() => Task.FromResult(IsFor(Session.Role));

    public async Task OnGetAsync(CancellationToken cancellation)
    {
        Total = await Unapproved.CountAsync(cancellation);
        var rows = await Unapproved.AsNoTracking().Include(row => row.Registration).OrderBy(row => row.CreatedAt).ThenBy(row => row.Id)
            .Take(MaxShown).ToListAsync(cancellation);
        var newcomers = new List<Newcomer>();
        foreach (var row in rows) newcomers.Add(await DescribeAsync(row, row.Registration!, cancellation));
        Newcomers = newcomers;
    }

    // One that somebody else decided about meanwhile, and one of another organization, are not there.
    public async Task<IActionResult> OnPostAsync(Guid application, string? decision, string? revision, CancellationToken cancellation)
    {
        if (decision is not ("approve" or "refuse") || (decision == "approve" && string.IsNullOrEmpty(revision))) return BadRequest();
        var isThere = await Unapproved.AnyAsync(row => row.Id == application, cancellation);
        var outcome = !isThere ? Outcome<Store.Model.Application>.NotFound("application")
            : decision == "approve" ? await registrations.ApproveAsync(application, Actor, revision, cancellation)
            : await applications.DeleteAsync(application, Actor, cancellation);
        return SeeOther(Links.Registrations, outcome.Value is not { } done ? outcome.Refusal == Refusal.Conflict ? outcome.Message : "That was decided already."
            : decision == "approve" ? $"{done.Name} is approved." : $"{done.Name} is gone, and no token of it works any more.");
    }

    private IQueryable<Store.Model.Application> Unapproved =>
        db.Applications.Where(row => row.OrganizationId == Organization.Id && row.Registration != null && row.Registration.ApprovedAt == null
            && !(row.Registration.Kind == RegistrationKind.Document && row.State == ApplicationState.Retired)); // That is what refusing a document leaves.

    private async Task<Newcomer> DescribeAsync(Store.Model.Application row, DynamicRegistration registration, CancellationToken cancellation)
    {
        var scope = ScopeSet.TryParse(registration.Scope, out var parsed) ? parsed : ScopeSet.Empty;
        return new Newcomer(row.Id, row.Name, row.ClientId, row.State == ApplicationState.Active ? BadgeTagHelper.Word.Unverified : row.State, row.CreatedAt, registration.ExpiresAt)
        {
            RedirectUris = row.RedirectUris,
            Scopes = await ApiScopesInWords.ReadAsync(db, Organization.Id, scope, cancellation),
            Details = RegistrationDetails.Read(registration.Details),
            GrantTypes = row.GrantTypes, DetailsTypes = row.AuthorizationDetailsTypes, AuthMethod = row.TokenEndpointAuthMethod, JwksUri = row.JwksUri,
            Keys = JwkSet.TryParse(row.Jwks, SignatureLibrary.Instance, out var keys) ? keys.Thumbprints : [], Certificate = CertificateSubject.Read(row.CertificateSubject),
            LogoutUris = row.BackchannelLogoutUri.Length > 0 ? [.. row.PostLogoutRedirectUris, row.BackchannelLogoutUri] : row.PostLogoutRedirectUris,
            Revision = RegistrationRevision.Of(row),
        };
    }
}
