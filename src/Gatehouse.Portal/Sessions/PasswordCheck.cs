using System.Net;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Portal.Sessions;

/// <summary>
/// Checks a password, at sign-in and again before something sensitive. Unknown user, wrong password, locked account and too many attempts
/// are one answer that takes one time: nobody learns from it who has an account.
/// </summary>
internal sealed partial class PasswordCheck(
    UserManager<PortalUser> users, GatehouseDb db, AttemptPace pace, AbsentUser absent, TimeProvider clock, ILogger<PasswordCheck> log)
{
    /// <summary>A longer text is never hashed.</summary>
    public const int MaxLength = 256;

    public const string Refused =
        "The e-mail address or the password is not right. After several wrong attempts sign-in pauses for five minutes.";

    /// <summary>
    /// A failure is answered after this long: longer than a hash and a write take, so that the write, which only a known user's failure
    /// costs, does not show.
    /// </summary>
    private static readonly TimeSpan FailureTakes = TimeSpan.FromMilliseconds(600);

    /// <returns>The user whose password it is, or null.</returns>
    public Task<PortalUser?> CheckAsync(
        Guid organizationId, string email, string password, IPAddress? source, CancellationToken cancellation)
    {
        var normalized = users.NormalizeEmail(email.Trim()) ?? string.Empty;
        return PadAsync($"{organizationId}/{normalized}", password, source,
            db.Users.Where(user => user.OrganizationId == organizationId && user.NormalizedEmail == normalized), cancellation);
    }

    /// <inheritdoc cref="CheckAsync"/>
    public Task<PortalUser?> CheckAgainAsync(Guid userId, string password, IPAddress? source, CancellationToken cancellation) =>
        PadAsync(userId.ToString(), password, source, db.Users.Where(user => user.Id == userId), cancellation);

    private async Task<PortalUser?> PadAsync(
        string account, string password, IPAddress? source, IQueryable<PortalUser> query, CancellationToken cancellation)
    {
        var started = clock.GetTimestamp();
        var user = await TryAsync(account, password, source ?? IPAddress.None, query, cancellation);
        if (user is not null) return user;
        // To a multiple: when a failure must wait for its turn to be counted, which only a user's does, the wait does not show by itself.
        var over = TimeSpan.FromTicks(clock.GetElapsedTime(started).Ticks % FailureTakes.Ticks);
        await Task.Delay(FailureTakes - over, clock, cancellation);
        return null;
    }

    private async Task<PortalUser?> TryAsync(
        string account, string password, IPAddress source, IQueryable<PortalUser> query, CancellationToken cancellation)
    {
        if (!pace.Allows(source))
        {
            LogTooMany(source);
            return null;
        }
        // One attempt per account at a time: parallel guesses would all be made before the first of them is counted.
        using var turn = await pace.TakeTurnAsync(account, cancellation);
        if (!turn.IsAcquired) return null;
        var user = await query.FirstOrDefaultAsync(cancellation);
        if (user is null || await users.IsLockedOutAsync(user)) absent.Verify(password);
        else if (await users.CheckPasswordAsync(user, password))
        {
            await users.ResetAccessFailedCountAsync(user);
            return user;
        }
        else await users.AccessFailedAsync(user);
        pace.CountFailure(source);
        LogRefused(user?.Id, source);
        return null;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Password refused for user {UserId} (none: unknown) from {Source}.")]
    private partial void LogRefused(Guid? userId, IPAddress source);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sign-in paused for {Source}: too many wrong passwords.")]
    private partial void LogTooMany(IPAddress source);
}
