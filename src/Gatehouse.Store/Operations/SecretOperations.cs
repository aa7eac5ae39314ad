using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Secrets;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Operations;

/// <summary>A secret that was just added, in the clear.</summary>
public sealed record AddedSecret(ApplicationSecret Row, ClientSecret Secret);

/// <summary>A secret shown again.</summary>
public sealed record RevealedSecret(ClientSecret Secret);

/// <summary>Adds, shows and retires client secrets.</summary>
public sealed class SecretOperations(StoreDatabase database, ClientSecretVault vault, TimeProvider clock)
{
    /// <summary>How many secrets of an application may be valid at once: the one in use and its successor.</summary>
    public const int MaxUsable = 2;

    public async Task<Outcome<AddedSecret>> AddAsync(
        Guid applicationId, string label, DateTimeOffset? expiresAt, Actor actor, CancellationToken cancellation = default)
    {
        if (label.Length > 64 || label.Any(char.IsControl)) return Outcome<AddedSecret>.Invalid("label", "The label may have up to 64 printable characters.");
        var now = clock.GetUtcNow();
        if (expiresAt <= now) return Outcome<AddedSecret>.Invalid("expires_at", "The secret would have expired already. Give a later time.");
        return await database.WriteAsync<AddedSecret>(async db =>
        {
            var application = await db.Applications.Include(row => row.Secrets).Include(row => row.Organization)
                .SingleOrDefaultAsync(row => row.Id == applicationId, cancellation);
            if (application is null) return Outcome<AddedSecret>.NotFound("application");
            if (application.Secrets.Count(row => row.IsUsable(now)) >= MaxUsable)
                return Outcome<AddedSecret>.Conflict($"{MaxUsable} secrets are valid already. Retire one first.");
            var (row, secret) = Make(label.Trim(), expiresAt, application.Organization!.ShowSecretsOnce, now);
            row.ApplicationId = applicationId;
            db.ApplicationSecrets.Add(row);
            db.Audit(now, actor, application.OrganizationId, "secret.added", application.Id.ToString(), row.Id.ToString());
            db.Announce(now, ChangeKind.Application, application.ClientId);
            return new AddedSecret(row, secret);
        }, cancellation);
    }

    /// <summary>Shows a secret again, and writes down who saw it before it is shown.</summary>
    public async Task<Outcome<RevealedSecret>> RevealAsync(Guid applicationId, Guid secretId, Actor actor, CancellationToken cancellation = default)
    {
        var audited = await database.WriteAsync<ApplicationSecret>(async db =>
        {
            var found = await FindAsync(db, applicationId, secretId, cancellation);
            if (found is not var (application, row)) return Outcome<ApplicationSecret>.NotFound("secret");
            if (row.RetiredAt is not null) return Outcome<ApplicationSecret>.Conflict("This secret is retired, and no copy of it is kept.");
            // A copy may be left from before the organization changed to showing secrets once: it is not shown either.
            if (row.EncryptedCopy is null || application.Organization!.ShowSecretsOnce)
                return Outcome<ApplicationSecret>.Conflict("This secret was shown once, when it was created. Add a new one.");
            db.Audit(clock.GetUtcNow(), actor, application.OrganizationId, "secret.shown", application.Id.ToString(), row.Id.ToString());
            return row;
        }, cancellation);
        return audited.Value is { EncryptedCopy: { } copy } secret
            ? new RevealedSecret(vault.OpenCopy(secret.Id, copy))
            : new Outcome<RevealedSecret>(null, audited.Refusal, audited.Message);
    }

    /// <summary>Retires a secret: it obtains no token from now on. Tokens that it obtained before live on until they expire or are revoked.</summary>
    public async Task<Outcome<ApplicationSecret>> RetireAsync(Guid applicationId, Guid secretId, Actor actor, CancellationToken cancellation = default)
    {
        var now = clock.GetUtcNow();
        return await database.WriteAsync<ApplicationSecret>(async db =>
        {
            var found = await FindAsync(db, applicationId, secretId, cancellation);
            if (found is not var (application, row)) return Outcome<ApplicationSecret>.NotFound("secret");
            if (row.RetiredAt is not null) return row;
            row.RetiredAt = now;
            row.EncryptedCopy = null; // Nobody needs to read it again.
            db.Audit(now, actor, application.OrganizationId, "secret.retired", application.Id.ToString(), row.Id.ToString());
            db.Announce(now, ChangeKind.Application, application.ClientId);
            return row;
        }, cancellation);
    }

    internal (ApplicationSecret Row, ClientSecret Secret) Make(string label, DateTimeOffset? expiresAt, bool showOnce, DateTimeOffset now)
    {
        var secret = ClientSecret.Generate();
        var row = new ApplicationSecret { Label = label, Verifier = vault.ComputeVerifier(secret), CreatedAt = now, ExpiresAt = expiresAt };
        if (!showOnce) row.EncryptedCopy = vault.SealCopy(row.Id, secret);
        return (row, secret);
    }

    private static async Task<(Application Application, ApplicationSecret Row)?> FindAsync(
        GatehouseDb db, Guid applicationId, Guid secretId, CancellationToken cancellation)
    {
        var application = await db.Applications.Include(row => row.Secrets.Where(secret => secret.Id == secretId)).Include(row => row.Organization)
            .SingleOrDefaultAsync(row => row.Id == applicationId, cancellation);
        return application?.Secrets.SingleOrDefault() is { } secret ? (application, secret) : null;
    }
}
