using System.Globalization;
using Gatehouse.Store.Database;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Sessions;
using Gatehouse.Store.Upkeep;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Store.Handles;

/// <summary>Deletes what has expired, a few rows per statement, so that nobody ever waits for the cleaning.</summary>
public sealed partial class ExpiredRows(StoreDatabase database, RegistrationOperations registrations, TimeProvider clock, ILogger<ExpiredRows> log)
    : RegularWork(TimeSpan.FromMinutes(1), clock)
{
    private const int BatchSize = 1000;

    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(5);

    internal Task PruneAsync(CancellationToken cancellation) => WorkAsync(cancellation);

    protected override async Task WorkAsync(CancellationToken cancellation)
    {
        var now = Clock.GetUtcNow();
        // What is refused because it stands here is kept a while longer: another node, whose clock is behind, may still take it for good.
        var forgotten = now - ClockSkew;
        await DeleteAsync("RevokedTokens", "TokenId", forgotten, cancellation);
        await DeleteAsync("Handles", "Key", forgotten, cancellation);
        await DeleteAsync("RefreshTokens", "Key", now, cancellation);
        await DeleteAsync("InitialAccessTokens", "Id", now, cancellation);
        while (await UserSessions.ExpireAsync(database, now, cancellation) > 0) cancellation.ThrowIfCancellationRequested();
        await DeleteAsync("LogoutNotices", "Id", now, cancellation);
        while (await registrations.ExpireAsync(cancellation) > 0) cancellation.ThrowIfCancellationRequested();
        // A grant that has expired still says who must be told when its session ends.
        const string isAlone = """
            AND (one."SessionId" = '' OR NOT EXISTS (SELECT 1 FROM "UserSessions" AS session WHERE session."PublicId" = one."SessionId"))
            """;
        await DeleteAsync("Grants", "Id", now, cancellation, isAlone);
    }

    /// <param name="key">The one column of the table's primary key.</param>
    /// <param name="condition">Of <c>one</c>, besides that it has expired.</param>
    private async Task DeleteAsync(string table, string key, DateTimeOffset until, CancellationToken cancellation, string condition = "")
    {
        var statement = string.Create(CultureInfo.InvariantCulture, $"""
            DELETE FROM "{table}" WHERE "{key}" IN
            (SELECT one."{key}" FROM "{table}" AS one WHERE one."ExpiresAt" <= @0 {condition} ORDER BY one."ExpiresAt" LIMIT {BatchSize})
            AND "ExpiresAt" <= @0
            """);
        // Refused under load it would leave the sessions behind it alive. What was given longer meanwhile is looked at again, by the last condition.
        while (await database.WriteByStatementAsync(store => store.ExecuteAsync(statement, cancellation, until), cancellation, endsAccess: true) == BatchSize)
            cancellation.ThrowIfCancellationRequested();
    }

    protected override void TellDelayed(Exception exception) => LogDelayed(exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Expired rows could not be deleted; the next round tries again.")]
    private partial void LogDelayed(Exception exception);
}
