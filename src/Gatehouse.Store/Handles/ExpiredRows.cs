using Gatehouse.Store.Database;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Sessions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Store.Handles;

/// <summary>Deletes what has expired, a few rows per statement, so that nobody ever waits for the cleaning.</summary>
public sealed partial class ExpiredRows(StoreDatabase database, RegistrationOperations registrations, TimeProvider clock, ILogger<ExpiredRows> log) : BackgroundService
{
    private const int BatchSize = 1000;

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await PruneAsync(stoppingToken);
            }
            catch (Exception exception) when (StoreFault.IsAway(exception))
            {
                LogDelayed(exception);
            }
        }
    }

    internal async Task PruneAsync(CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        // What is refused because it stands here is kept a while longer: another node, whose clock is behind, may still take it for good.
        var forgotten = now - ClockSkew;
        await DeleteAsync(db => db.RevokedTokens.Where(row => row.ExpiresAt <= forgotten).OrderBy(row => row.ExpiresAt), cancellation);
        await DeleteAsync(db => db.Handles.Where(row => row.ExpiresAt <= forgotten).OrderBy(row => row.ExpiresAt), cancellation);
        await DeleteAsync(db => db.RefreshTokens.Where(row => row.ExpiresAt <= now).OrderBy(row => row.ExpiresAt), cancellation);
        await DeleteAsync(db => db.InitialAccessTokens.Where(row => row.ExpiresAt <= now).OrderBy(row => row.ExpiresAt), cancellation);
        while (await UserSessions.ExpireAsync(database, now, cancellation) > 0) cancellation.ThrowIfCancellationRequested();
        await DeleteAsync(db => db.LogoutNotices.Where(row => row.ExpiresAt <= now).OrderBy(row => row.ExpiresAt), cancellation);
        while (await registrations.ExpireAsync(cancellation) > 0) cancellation.ThrowIfCancellationRequested();
        // A grant that has expired still says who must be told when its session ends.
        await DeleteAsync(db => db.Grants
            .Where(row => row.ExpiresAt <= now && (row.SessionId == string.Empty || !db.UserSessions.Any(session => session.PublicId == row.SessionId)))
            .OrderBy(row => row.ExpiresAt), cancellation);
    }

    private async Task DeleteAsync<T>(Func<GatehouseDb, IQueryable<T>> expired, CancellationToken cancellation)
    {
        while (await database.WriteInTurnAsync(db => expired(db).Take(BatchSize).ExecuteDeleteAsync(cancellation), cancellation) == BatchSize)
            cancellation.ThrowIfCancellationRequested();
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Expired rows could not be deleted; the next round tries again.")]
    private partial void LogDelayed(Exception exception);
}
