using System.Globalization;
using System.Security.Cryptography;
using Gatehouse.Store.Database;
using Gatehouse.Store.Grants;
using Gatehouse.Store.Model;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Operations;

/// <summary>Creates, changes, retires and deletes applications; each write is one transaction with its audit and its change row.</summary>
public sealed class ApplicationOperations(StoreDatabase database, SecretOperations secrets, TimeProvider clock)
{
    // Tokens are dated to the line, and whoever verifies one takes at most ten seconds of the future (AccessTokenVerifier).
    private const int MaxLeadSeconds = 8;

    public async Task<Outcome<CreatedApplication>> CreateAsync(
        Guid organizationId, ApplicationDraft draft, Guid? ownerId, Actor actor, CancellationToken cancellation = default)
    {
        if (ApplicationRules.Check(draft) is { } fault) return Outcome<CreatedApplication>.Invalid(fault.Field, fault.Message);
        return await database.WriteAsync(db => CreateAsync(db, organizationId, draft, ownerId, actor, cancellation), cancellation);
    }

    /// <summary>As part of a larger transaction, after the rules were checked.</summary>
    internal async Task<Outcome<CreatedApplication>> CreateAsync(
        GatehouseDb db, Guid organizationId, ApplicationDraft draft, Guid? ownerId, Actor actor, CancellationToken cancellation, string? clientId = null)
    {
        var now = clock.GetUtcNow();
        var organization = await db.Organizations.SingleAsync(row => row.Id == organizationId, cancellation);
        var plans = await db.Plans.Include(row => row.Api)
            .Where(row => draft.PlanIds.Contains(row.Id) && row.Api!.OrganizationId == organizationId).ToListAsync(cancellation);
        if (plans.Count != draft.PlanIds.Count || plans.DistinctBy(plan => plan.ApiId).Count() != plans.Count)
            return Outcome<CreatedApplication>.Invalid("apis", "Name each API once, with a plan that it has.");
        var application = new Application
        {
            OrganizationId = organizationId, ClientId = clientId ?? NewClientId(), Name = draft.Name, CreatedAt = now,
            // A URL may have been an application before: its tokens are not this one's.
            TokensNotBefore = clientId is null ? 0 : NextSecond(),
        };
        draft.ApplyTo(application);
        if (ownerId is { } owner) application.Owners.Add(new ApplicationOwner { UserId = owner });
        AddedSecret? first = null;
        if (TokenEndpointAuthMethods.IsSecret(draft.TokenEndpointAuthMethod))
        {
            var (row, secret) = secrets.Make("First secret", expiresAt: null, organization.ShowSecretsOnce, now);
            application.Secrets.Add(row);
            first = new AddedSecret(row, secret);
        }
        db.Applications.Add(application);
        db.Audit(now, actor, organizationId, "application.created", application.Id.ToString(), application.Name);
        foreach (var plan in plans) ContractOperations.Request(db, application, plan, actor, now);
        db.Announce(now, ChangeKind.Application, application.ClientId); // Its absence may be remembered.
        return new CreatedApplication(application, first);
    }

    public async Task<Outcome<Application>> ChangeAsync(
        Guid applicationId, ApplicationDraft draft, Actor actor, CancellationToken cancellation = default)
    {
        if (ApplicationRules.Check(draft) is { } fault) return Outcome<Application>.Invalid(fault.Field, fault.Message);
        return await WriteAsync(applicationId, actor, "application.changed", draft.ApplyTo, cancellation);
    }

    /// <summary>Changes what its owner says about it, and nothing else.</summary>
    public async Task<Outcome<Application>> DescribeAsync(
        Guid applicationId, string name, string description, Actor actor, CancellationToken cancellation = default)
    {
        if (ApplicationRules.CheckAbout(name, description) is { } fault) return Outcome<Application>.Invalid(fault.Field, fault.Message);
        return await WriteAsync(applicationId, actor, "application.changed",
            application => (application.Name, application.Description) = (name.Trim(), description.Trim()), cancellation);
    }

    /// <summary>Stops the application: no new token, and every token it holds is refused. It can be taken back.</summary>
    public Task<Outcome<Application>> RetireAsync(Guid applicationId, Actor actor, CancellationToken cancellation = default) =>
        WriteAsync(applicationId, actor, "application.retired", application =>
        {
            application.State = ApplicationState.Retired;
            DrawLine(application); // For good: taken back, the application begins with new tokens.
        }, cancellation);

    public Task<Outcome<Application>> ReactivateAsync(Guid applicationId, Actor actor, CancellationToken cancellation = default) =>
        WriteAsync(applicationId, actor, "application.reactivated",
            application => { if (application.State == ApplicationState.Retired) application.State = ApplicationState.Active; }, cancellation);

    /// <summary>
    /// Refuses every access token that was issued until now, and ends what users gave: no refresh token and no code of before works any more, and
    /// users are asked again. Tokens count whole seconds, so the line is drawn at the next one, a second time behind that, and new tokens of the
    /// seconds that remain are dated to it.
    /// </summary>
    /// <returns>A conflict when it was done several times within a few seconds.</returns>
    public async Task<Outcome<Application>> RevokeTokensAsync(Guid applicationId, Actor actor, CancellationToken cancellation = default)
    {
        // 1. The line, by itself: one row, which counts at once however many grants there are and whoever redeems meanwhile.
        var drawn = await WriteAsync(applicationId, actor, "application.tokens_revoked", DrawLine, cancellation, RefuseFarLine);
        if (!drawn.Succeeded) return drawn;
        // 2. The grants, in one statement for however many users.
        var ended = await database.WinAsync<Application>(async db =>
        {
            var now = clock.GetUtcNow();
            await ConsentRegister.ForgetAsync(db, applicationId, cancellation);
            await db.Grants.Where(row => row.ApplicationId == applicationId && row.EndedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.EndedAt, now), cancellation);
            return drawn;
        }, cancellation);
        // 3. The line again, when everybody sees that the grants have ended: what one gave until then is dated before it. Whoever asked may have
        //    gone by now; what was begun is finished. Should the store go away here, the caller is told, and asks again.
        return ended.Succeeded ? await WriteAsync(applicationId, actor, action: null, DrawLine, CancellationToken.None) : ended;
    }

    /// <summary>
    /// Deletes the application. One that is named by the URL of a document would come back with the next request: it is retired instead, which
    /// keeps its URL refused, and deleted the second time.
    /// </summary>
    public Task<Outcome<Application>> DeleteAsync(Guid applicationId, Actor actor, CancellationToken cancellation = default) =>
        database.WriteAsync<Application>(async db =>
        {
            var now = clock.GetUtcNow();
            var application = await db.Applications.Include(row => row.Registration).SingleOrDefaultAsync(row => row.Id == applicationId, cancellation);
            if (application is null) return Outcome<Application>.NotFound("application");
            if (application is { State: not ApplicationState.Retired, Registration: { Kind: RegistrationKind.Document } registration })
            {
                (application.State, registration.ExpiresAt) = (ApplicationState.Retired, null);
                DrawLine(application);
                db.Audit(now, actor, application.OrganizationId, "application.retired", application.Id.ToString(), application.Name);
                db.Announce(now, ChangeKind.Application, application.ClientId);
                return application;
            }
            db.Applications.Remove(application); // Secrets, contracts, owners and problems go with it (foreign keys cascade).
            db.Audit(now, actor, application.OrganizationId, "application.deleted", application.Id.ToString(), application.Name);
            db.Announce(now, ChangeKind.Application, application.ClientId);
            return application;
        }, cancellation);

    // Without an action it is the rest of what has been written down already.
    private Task<Outcome<Application>> WriteAsync(
        Guid applicationId, Actor actor, string? action, Action<Application> change, CancellationToken cancellation,
        Func<Application, Outcome<Application>?>? refuse = null) =>
        database.WriteAsync<Application>(async db =>
        {
            var now = clock.GetUtcNow();
            var application = await db.Applications.SingleOrDefaultAsync(row => row.Id == applicationId, cancellation);
            if (application is null) return Outcome<Application>.NotFound("application");
            if (refuse?.Invoke(application) is { } refused) return refused;
            change(application);
            if (action is not null) db.Audit(now, actor, application.OrganizationId, action, application.Id.ToString());
            db.Announce(now, ChangeKind.Application, application.ClientId);
            return application;
        }, cancellation);

    // Never back, whichever node's clock is late, and never to where it is, because tokens may be dated to that already; unless it is so far ahead
    // that the tokens of then would be taken nowhere.
    private void DrawLine(Application application)
    {
        var line = application.TokensNotBefore;
        application.TokensNotBefore = Math.Max(NextSecond(), line < NextSecond() + MaxLeadSeconds ? line + 1 : line);
    }

    // Both lines of a revocation must find room, or it would not refuse everything.
    private Outcome<Application>? RefuseFarLine(Application application)
    {
        var wait = application.TokensNotBefore + 2 - (NextSecond() + MaxLeadSeconds);
        return wait <= 0 ? default(Outcome<Application>?) : Outcome<Application>.Conflict(string.Create(CultureInfo.InvariantCulture,
            $"All tokens were revoked again and again within seconds, or the clocks of the nodes disagree. Try again in {wait} s."));
    }

    private long NextSecond() => clock.GetUtcNow().ToUnixTimeSeconds() + 1;

    // 128 random bits in hexadecimal: no blank, nothing to escape in a form or in HTTP Basic, no '-' that a shell command takes for an option.
    private static string NewClientId() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
