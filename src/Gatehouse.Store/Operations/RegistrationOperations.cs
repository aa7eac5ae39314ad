using System.Security.Cryptography;
using System.Text;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Handles;
using Gatehouse.Store.Model;
using Gatehouse.Store.Registry;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Operations;

/// <summary>What an application asks for when it registers itself, after it was checked.</summary>
/// <param name="OrganizationId">The organization it goes into.</param>
/// <param name="Kind">By what right.</param>
/// <param name="Draft">Its metadata, with the plans that it gets contracts under.</param>
public sealed record Registration(Guid OrganizationId, RegistrationKind Kind, ApplicationDraft Draft)
{
    /// <summary>The scopes of APIs that it may obtain.</summary>
    public required ScopeSet Scope { get; init; }

    /// <summary>The scopes out of which it may choose.</summary>
    public required ScopeSet AllowedScope { get; init; }

    public RegistrationDetails Details { get; init; } = new();

    /// <summary>The most applications that may have registered themselves with the organization.</summary>
    public required int MaxApplications { get; init; }

    /// <summary>After how long without use or approval it goes away.</summary>
    public required TimeSpan UnusedFor { get; init; }

    /// <summary>The initial access token; null when it has none.</summary>
    public string? InitialToken { get; init; }

    /// <summary>The URL of its document; null when this server makes the <c>client_id</c>.</summary>
    public string? ClientId { get; init; }

    /// <summary>It holds a secret.</summary>
    public override string ToString() => $"{Kind} {Draft.Name}";
}

/// <summary>An application that registered itself: the one moment at which its secret and its token are in the clear.</summary>
/// <param name="Application">The application with its registration.</param>
/// <param name="Secret">Null when it has none, or keeps the one it has.</param>
/// <param name="AccessToken">The registration access token; null when it keeps the one it has.</param>
public sealed record SelfRegistered(Application Application, AddedSecret? Secret, string? AccessToken)
{
    /// <summary>It holds secrets.</summary>
    public override string ToString() => Application.ClientId;
}

/// <summary>Registers applications that come by themselves, and removes those that never came back (RFC 7591).</summary>
public sealed class RegistrationOperations(
    StoreDatabase database, ApplicationOperations operations, ApplicationRegistry registry, TimeProvider clock)
{
    private const int ExpiryBatch = 100;

    /// <summary>Why there is no place: a conflict that the caller tells from others by this text.</summary>
    public const string Full = "As many applications as this organization allows have registered themselves. Ask API Support.";

    /// <summary>What was approved is not what was looked at.</summary>
    public const string Changed = "It changed since you looked.";

    public async Task<Outcome<SelfRegistered>> RegisterAsync(Registration asked, CancellationToken cancellation = default)
    {
        if (ApplicationRules.Check(asked.Draft) is { } fault) return Outcome<SelfRegistered>.Invalid(fault.Field, fault.Message);
        var outcome = await database.WriteAsync(db => RegisterAsync(db, asked, cancellation), cancellation);
        if (outcome.Value is { } done) registry.Forget(done.Application.ClientId); // This node's next request finds it.
        return outcome;
    }

    private async Task<Outcome<SelfRegistered>> RegisterAsync(GatehouseDb db, Registration asked, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        if (asked.InitialToken is { } initial)
        {
            var key = KeyOf(initial);
            var permission = await db.InitialAccessTokens.SingleOrDefaultAsync(
                row => row.Key == key && row.OrganizationId == asked.OrganizationId && row.UsesLeft > 0 && row.ExpiresAt > now, cancellation);
            if (permission is null) return Outcome<SelfRegistered>.NotFound("initial access token");
            permission.UsesLeft--;
        }
        if (await db.DynamicRegistrations.CountAsync(
            row => row.Application!.OrganizationId == asked.OrganizationId
                && !(row.Kind == RegistrationKind.Document && row.Application.State == ApplicationState.Retired), cancellation) >= asked.MaxApplications)
            return Outcome<SelfRegistered>.Conflict(Full);
        var created = await operations.CreateAsync(db, asked.OrganizationId, asked.Draft, ownerId: null, Actor.SelfRegistration, cancellation, asked.ClientId);
        if (created.Value is not var (application, secret)) return new Outcome<SelfRegistered>(null, created.Refusal, created.Message, created.Field);
        var token = asked.Kind == RegistrationKind.Document ? null : HandleRegister.NewValue();
        if (asked.Kind == RegistrationKind.Pending) application.State = ApplicationState.Pending;
        application.Registration = new DynamicRegistration
        {
            Kind = asked.Kind, Scope = asked.Scope.ToString(), AllowedScope = asked.AllowedScope.ToString(), Details = asked.Details.Write(),
            AccessTokenKey = token is null ? null : KeyOf(token), ExpiresAt = now + asked.UnusedFor,
        };
        return new SelfRegistered(application, secret, token);
    }

    /// <summary>A person has looked at it: it may begin, and hears of errors at its redirect URI.</summary>
    /// <param name="applicationId">The application.</param>
    /// <param name="actor">Who approves.</param>
    /// <param name="seen">The <see cref="RegistrationRevision"/> of what the person saw; another one is a conflict. Null: whatever is registered.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    public Task<Outcome<Application>> ApproveAsync(Guid applicationId, Actor actor, string? seen = null, CancellationToken cancellation = default) =>
        database.WriteAsync<Application>(async db =>
        {
            var now = clock.GetUtcNow();
            var application = await db.Applications.Include(row => row.Registration).SingleOrDefaultAsync(row => row.Id == applicationId, cancellation);
            if (application is null) return Outcome<Application>.NotFound("application");
            if (application.Registration is not { } registration) return Outcome<Application>.Conflict("A person made this application; there is nothing to approve.");
            if (seen is not null && seen != RegistrationRevision.Of(application)) return Outcome<Application>.Conflict(Changed);
            if (application.State == ApplicationState.Pending) application.State = ApplicationState.Active;
            (registration.ApprovedAt, registration.ExpiresAt) = (now, null);
            db.Audit(now, actor, application.OrganizationId, "application.approved", application.Id.ToString());
            db.Announce(now, ChangeKind.Application, application.ClientId);
            return application;
        }, cancellation);

    /// <summary>Removes what was neither used nor approved in time.</summary>
    /// <returns>How many went.</returns>
    public async Task<int> ExpireAsync(CancellationToken cancellation = default)
    {
        const string due = """SELECT 1 FROM "DynamicRegistrations" WHERE "ExpiresAt" <= @0 ORDER BY "ExpiresAt" LIMIT 1""";
        if (!await database.HasAsync(due, cancellation, clock.GetUtcNow())) return 0;
        var gone = 0;
        await database.WriteAsync<object>(async db =>
        {
            var now = clock.GetUtcNow();
            var rows = await db.Applications.Where(row => row.Registration!.ExpiresAt <= now).OrderBy(row => row.Id).Take(ExpiryBatch).ToListAsync(cancellation);
            foreach (var row in rows)
            {
                db.Applications.Remove(row);
                db.Audit(now, Actor.System, row.OrganizationId, "application.expired", row.Id.ToString(), row.Name);
                db.Announce(now, ChangeKind.Application, row.ClientId);
            }
            gone = rows.Count;
            return db;
        }, cancellation);
        return gone;
    }

    /// <summary>The application has obtained a token: it does not expire any more.</summary>
    internal Task<Outcome<Application>> KeepAsync(Guid applicationId, CancellationToken cancellation) =>
        database.WriteAsync<Application>(async db =>
        {
            var application = await db.Applications.Include(row => row.Registration).SingleOrDefaultAsync(row => row.Id == applicationId, cancellation);
            if (application?.Registration is not { ExpiresAt: not null } registration) return Outcome<Application>.NotFound("application");
            registration.ExpiresAt = null;
            db.Announce(clock.GetUtcNow(), ChangeKind.Application, application.ClientId);
            return application;
        }, cancellation);

    internal static byte[] KeyOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
