using System.Security.Cryptography;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Registry;
using Gatehouse.Store.Secrets;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Operations;

/// <summary>New metadata of an application that registered itself.</summary>
public sealed record RegistrationChange(ApplicationDraft Draft, ScopeSet Scope, RegistrationDetails Details)
{
    /// <summary>The secret that the client named, which must be its own (RFC 7592 §2.2); null when it named none.</summary>
    public ClientSecret? Secret { get; init; }
}

/// <summary>An application reads, changes and deletes its own registration (RFC 7592).</summary>
public sealed class RegistrationUpdates(
    StoreDatabase database, ApplicationOperations operations, SecretOperations secrets, ClientSecretVault vault, ApplicationRegistry registry, TimeProvider clock)
{
    private static readonly byte[] NobodysKey = RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes);

    /// <summary>The application whose registration access token this is; null when it is not that of this application, or there is none.</summary>
    public async Task<Application?> FindAsync(string clientId, string token, CancellationToken cancellation = default)
    {
        await using var db = database.Open();
        var found = await db.Applications.AsNoTracking().Include(row => row.Registration)
            .SingleOrDefaultAsync(row => row.ClientId == clientId, cancellation);
        var key = found?.Registration?.AccessTokenKey;
        return CryptographicOperations.FixedTimeEquals(RegistrationOperations.KeyOf(token), key ?? NobodysKey) && key is not null ? found : null;
    }

    /// <summary>
    /// Replaces the metadata. A new name or redirect URI is not what a person approved: the approval ends, and who had to wait for it waits again.
    /// </summary>
    public async Task<Outcome<SelfRegistered>> ChangeAsync(Guid applicationId, RegistrationChange change, CancellationToken cancellation = default)
    {
        if (ApplicationRules.Check(change.Draft) is { } fault) return Outcome<SelfRegistered>.Invalid(fault.Field, fault.Message);
        var outcome = await database.WriteAsync(db => ChangeAsync(db, applicationId, change, cancellation), cancellation);
        if (outcome.Value is { } done) registry.Forget(done.Application.ClientId);
        return outcome;
    }

    public async Task<bool> DeleteAsync(Application application, CancellationToken cancellation = default)
    {
        var outcome = await operations.DeleteAsync(application.Id, Actor.Client(application.ClientId), cancellation);
        registry.Forget(application.ClientId);
        return outcome.Succeeded;
    }

    private async Task<Outcome<SelfRegistered>> ChangeAsync(GatehouseDb db, Guid applicationId, RegistrationChange change, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var application = await db.Applications.Include(row => row.Registration).Include(row => row.Secrets).Include(row => row.Organization)
            .SingleOrDefaultAsync(row => row.Id == applicationId, cancellation);
        if (application?.Registration is not { } registration) return Outcome<SelfRegistered>.NotFound("application");
        if (change.Secret is { } named && !IsOwn(application, named, now))
            return Outcome<SelfRegistered>.Invalid("client_secret", "The client_secret is not the one of this client.");
        if (application.Name != change.Draft.Name.Trim() || !application.RedirectUris.SequenceEqual(change.Draft.RedirectUris, StringComparer.Ordinal)
            || !application.PostLogoutRedirectUris.SequenceEqual(change.Draft.PostLogoutRedirectUris, StringComparer.Ordinal))
        {
            registration.ApprovedAt = null;
            if (registration.Kind == RegistrationKind.Pending && application.State == ApplicationState.Active) application.State = ApplicationState.Pending;
        }
        ApplicationOperations.Apply(application, change.Draft);
        (registration.Scope, registration.Details) = (change.Scope.ToString(), change.Details.Write());
        AddedSecret? added = null;
        if (TokenEndpointAuthMethods.IsSecret(change.Draft.TokenEndpointAuthMethod) && !application.Secrets.Any(secret => secret.IsUsable(now)))
        {
            var (row, secret) = secrets.Make("Registration", expiresAt: null, application.Organization!.ShowSecretsOnce, now);
            application.Secrets.Add(row);
            added = new AddedSecret(row, secret);
        }
        db.Audit(now, Actor.Client(application.ClientId), application.OrganizationId, "application.changed", application.Id.ToString());
        db.Announce(now, ChangeKind.Application, application.ClientId);
        return new SelfRegistered(application, added, null);
    }

    // Every secret is compared, whichever matches.
    private bool IsOwn(Application application, ClientSecret secret, DateTimeOffset now)
    {
        var verifier = vault.ComputeVerifier(secret);
        var isOwn = false;
        foreach (var row in application.Secrets.Where(row => row.IsUsable(now))) isOwn |= CryptographicOperations.FixedTimeEquals(verifier, row.Verifier);
        return isOwn;
    }
}
