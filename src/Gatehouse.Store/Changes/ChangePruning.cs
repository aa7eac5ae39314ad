using Gatehouse.Store.Database;
using Gatehouse.Store.Upkeep;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Store.Changes;

/// <summary>Removes what every node has followed long ago from the change feed; apart from the follower, which must not wait for it.</summary>
public sealed partial class ChangePruning(StoreDatabase database, TimeProvider clock, ILogger<ChangePruning> log)
    : RegularWork(TimeSpan.FromMinutes(10), clock)
{
    protected override Task WorkAsync(CancellationToken cancellation) => new ChangeTail(database).PruneAsync(Clock.GetUtcNow(), cancellation);

    protected override void TellDelayed(Exception exception) => LogDelayed(exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old rows of the change feed could not be removed; the next round tries again.")]
    private partial void LogDelayed(Exception exception);
}
