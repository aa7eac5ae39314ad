using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Grants;
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
    /// Replaces the metadata that is the client's to say; what API Support alone sets stays. What is more or other than a person approved ends the
    /// approval, and who had to wait for it waits again. What users allowed under another name or for another address is asked anew.
    /// </summary>
    public async Task<Outcome<SelfRegistered>> ChangeAsync(Guid applicationId, RegistrationChange change, CancellationToken cancellation = default)
    {
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
        var draft = Merge(application, change.Draft, isApproved: registration.ApprovedAt is not null);
        if (ApplicationRules.Check(draft) is { } fault) return Outcome<SelfRegistered>.Invalid(fault.Field, fault.Message);
        var isAnother = IsAnother(application, draft);
        var endsApproval = registration.ApprovedAt is not null && (isAnother || IsMore(application, registration, draft, change.Scope));
        if (endsApproval) registration.ApprovedAt = null;
        if (endsApproval && registration.Kind == RegistrationKind.Pending && application.State == ApplicationState.Active) application.State = ApplicationState.Pending;
        if (isAnother || endsApproval) await ConsentRegister.ForgetAsync(db, application.Id, cancellation);
        draft.ApplyTo(application);
        (registration.Scope, registration.Details) = (change.Scope.ToString(), change.Details.Write());
        AddedSecret? added = null;
        if (TokenEndpointAuthMethods.IsSecret(draft.TokenEndpointAuthMethod) && !application.Secrets.Any(secret => secret.IsUsable(now)))
        {
            var (row, secret) = secrets.Make("Registration", expiresAt: null, application.Organization!.ShowSecretsOnce, now);
            application.Secrets.Add(row);
            added = new AddedSecret(row, secret);
        }
        db.Audit(now, Actor.Client(application.ClientId), application.OrganizationId, "application.changed", application.Id.ToString());
        db.Announce(now, ChangeKind.Application, application.ClientId);
        return new SelfRegistered(application, added, null);
    }

    // What hardens an application that a person approved may be what that person set: the client may add to it alone.
    private static ApplicationDraft Merge(Application row, ApplicationDraft asked, bool isApproved) => ApplicationDraft.Of(row) with
    {
        Name = asked.Name, RedirectUris = asked.RedirectUris, GrantTypes = asked.GrantTypes, TokenEndpointAuthMethod = asked.TokenEndpointAuthMethod,
        Jwks = asked.Jwks, JwksUri = asked.JwksUri, CertificateSubjects = asked.CertificateSubjects, AuthorizationDetailsTypes = asked.AuthorizationDetailsTypes,
        IdTokenSignedResponseAlg = asked.IdTokenSignedResponseAlg, PostLogoutRedirectUris = asked.PostLogoutRedirectUris,
        BackchannelLogoutUri = asked.BackchannelLogoutUri, BackchannelLogoutSessionRequired = asked.BackchannelLogoutSessionRequired,
        RequirePushedAuthorizationRequests = asked.RequirePushedAuthorizationRequests || (isApproved && row.RequirePushedAuthorizationRequests),
        DpopBoundAccessTokens = asked.DpopBoundAccessTokens || (isApproved && row.DpopBoundAccessTokens),
        CertificateBoundAccessTokens = asked.CertificateBoundAccessTokens || (isApproved && row.CertificateBoundAccessTokens),
    };

    // By its name and by where the answer goes a user knows whom access is given to.
    private static bool IsAnother(Application row, ApplicationDraft draft) =>
        row.Name != draft.Name.Trim() || !row.RedirectUris.SequenceEqual(draft.RedirectUris, StringComparer.Ordinal);

    private static bool IsMore(Application row, DynamicRegistration registration, ApplicationDraft draft, ScopeSet scope) =>
        !ScopeSet.TryParse(registration.Scope, out var before) || !scope.IsSubsetOf(before)
        || draft.GrantTypes.Except(row.GrantTypes, StringComparer.Ordinal).Any()
        || draft.AuthorizationDetailsTypes.Except(row.AuthorizationDetailsTypes, StringComparer.Ordinal).Any()
        || row.TokenEndpointAuthMethod != draft.TokenEndpointAuthMethod || row.JwksUri != draft.JwksUri || !IsSameJson(row.Jwks, draft.Jwks)
        || row.CertificateSubject != (draft.CertificateSubjects.SingleOrDefault()?.Write() ?? string.Empty)
        || !row.PostLogoutRedirectUris.SequenceEqual(draft.PostLogoutRedirectUris, StringComparer.Ordinal) || row.BackchannelLogoutUri != draft.BackchannelLogoutUri;

    // Whoever reads its registration and sends it back may write the same keys with other blanks.
    private static bool IsSameJson(string one, string other) =>
        one == other || (one.Length > 0 && other.Length > 0 && JsonNode.DeepEquals(JsonNode.Parse(one), JsonNode.Parse(other)));

    // Every secret is compared, whichever matches.
    private bool IsOwn(Application application, ClientSecret secret, DateTimeOffset now)
    {
        var verifier = vault.ComputeVerifier(secret);
        var isOwn = false;
        foreach (var row in application.Secrets.Where(row => row.IsUsable(now))) isOwn |= CryptographicOperations.FixedTimeEquals(verifier, row.Verifier);
        return isOwn;
    }
}
