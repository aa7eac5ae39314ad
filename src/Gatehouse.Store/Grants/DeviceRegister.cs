using System.Text.Json;
using Gatehouse.Protocol.Device;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Handles;
using Gatehouse.Store.Operations;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Grants;

/// <summary>What a device hears when it asks.</summary>
public enum DeviceState
{
    Unknown,
    Used,
    Expired,
    TooFast,
    Pending,
    Denied,
    Granted,
}

/// <summary>A device code as it was found.</summary>
public sealed record FoundDevice(DeviceState State, Guid ApplicationId = default, DeviceRequest? Request = null);

/// <summary>Carries what a device asks for to the user's browser, and the user's decision back.</summary>
public sealed class DeviceRegister(StoreDatabase database, HandleRegister handles, TimeProvider clock)
{
    /// <summary>How long a device waits between two questions (RFC 8628 §3.2), and by how much longer when it did not (§3.5).</summary>
    public const int IntervalSeconds = 5;

    private const int MaxAttempts = 3;

    // Kept after its end, so that the device hears that it expired.
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(30);

    /// <summary>Where the user types the code, in the portal of an organization.</summary>
    public static string PagePath(string organization) => $"/exchange/portals/{organization}/device";

    /// <summary>Begins: a device code that only the device knows, and a user code.</summary>
    public async Task<(string DeviceCode, string UserCode)> BeginAsync(DeviceRequest request, CancellationToken cancellation)
    {
        var expiresAt = clock.GetUtcNow() + DeviceRequest.Lifetime;
        for (var attempt = 1; ; attempt++)
        {
            var userCode = UserCode.Generate();
            if (!await handles.TryPutAsync(HandleKind.UserCode, userCode, GrantJson.Write(request with { UserCode = userCode }), expiresAt, cancellation))
            {
                if (attempt < MaxAttempts) continue; // Another device has this code at this moment.
                throw new DbUpdateException("No user code is free.");
            }
            var polling = new DevicePolling
            {
                UserCode = userCode, ApplicationId = request.ApplicationId, ExpiresAt = expiresAt, IntervalSeconds = IntervalSeconds,
            };
            return (await handles.IssueAsync(HandleKind.DeviceCode, GrantJson.Write(polling), expiresAt + Remembered, cancellation), userCode);
        }
    }

    /// <summary>What waits under a user code; null when nothing does, or it was decided.</summary>
    public async Task<DeviceRequest?> FindWaitingAsync(string? typed, CancellationToken cancellation) =>
        UserCode.Normalize(typed) is { } userCode && await FindRequestAsync(userCode, cancellation) is ({ Verdict: AuthorizationVerdict.Pending } request, _) ? request : null;

    /// <summary>
    /// Writes the user's decision down; false when it was decided meanwhile. What is granted is remembered as a consent and begins as a grant
    /// with the decision itself: the device may ask the moment after, and the user may take it back before it does.
    /// </summary>
    public async Task<bool> DecideAsync(DeviceRequest decided, Actor actor, CancellationToken cancellation)
    {
        if (await FindRequestAsync(decided.UserCode, cancellation) is not ({ Verdict: AuthorizationVerdict.Pending } waiting, var seen)
            || waiting.GrantId != decided.GrantId) return false;
        var outcome = await database.WriteAsync<DeviceRequest>(async db =>
        {
            var now = clock.GetUtcNow();
            if (!await HandleRegister.TryReplaceAsync(
                StoreConnection.Within(db), HandleKind.UserCode, decided.UserCode, seen, GrantJson.Write(decided), now, cancellation))
                return Outcome<DeviceRequest>.Conflict("decided");
            if (decided.Verdict != AuthorizationVerdict.Granted) return decided;
            var scope = ScopeSet.TryParse(decided.Scope, out var asked) ? asked : ScopeSet.Empty;
            await ConsentRegister.RememberAsync(
                db, now, decided.OrganizationId, decided.ApplicationId, decided.UserId, scope, AuthorizationDetails.OfText(decided.Details), actor, cancellation);
            db.Grants.Add(GrantRegister.Waiting(
                decided.GrantId, decided.ApplicationId, decided.UserId, decided.Scope, decided.AuthenticatedAt, now, DeviceRequest.Lifetime));
            return decided;
        }, cancellation);
        return outcome.Succeeded;
    }

    /// <summary>The device asks. One that asks too fast while the user has not decided must wait longer from then on.</summary>
    public async Task<FoundDevice> AskAsync(string deviceCode, Guid applicationId, CancellationToken cancellation)
    {
        if (await handles.FindAsync(HandleKind.DeviceCode, deviceCode, cancellation) is not { } row
            || JsonSerializer.Deserialize(row.Content, GrantJson.Default.DevicePolling) is not { } polling
            || polling.ApplicationId != applicationId) return new FoundDevice(DeviceState.Unknown);
        var request = (await FindRequestAsync(polling.UserCode, cancellation)).Request;
        if (row.UsedAt is not null) return new FoundDevice(DeviceState.Used, applicationId, request);
        var now = clock.GetUtcNow();
        if (polling.ExpiresAt <= now || request is null) return new FoundDevice(DeviceState.Expired, applicationId);
        if (request.Verdict == AuthorizationVerdict.Granted) return new FoundDevice(DeviceState.Granted, applicationId, request);
        if (request.Verdict != AuthorizationVerdict.Pending) return new FoundDevice(DeviceState.Denied, applicationId);
        var isTooFast = now < polling.AskedAt?.AddSeconds(polling.IntervalSeconds);
        var asked = polling with { AskedAt = now, IntervalSeconds = polling.IntervalSeconds + (isTooFast ? IntervalSeconds : 0) };
        var isAlone = await handles.TryReplaceAsync(HandleKind.DeviceCode, deviceCode, row.Content, GrantJson.Write(asked), cancellation);
        return new FoundDevice(isTooFast || !isAlone ? DeviceState.TooFast : DeviceState.Pending, applicationId);
    }

    private async Task<(DeviceRequest? Request, string Stored)> FindRequestAsync(string userCode, CancellationToken cancellation) =>
        await handles.FindAsync(HandleKind.UserCode, userCode, cancellation) is { } row
            ? (JsonSerializer.Deserialize(row.Content, GrantJson.Default.DeviceRequest), row.Content) : (null, string.Empty);
}
