using System.Collections.Concurrent;
using Gatehouse.Store.Database;
using Gatehouse.Store.Registry;
using Gatehouse.Store.Upkeep;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Store.Recording;

/// <summary>
/// Remembers when each secret was last used and writes it down: within seconds when it was not used for a minute, once a minute while it is in use, and
/// all that is left when the node stops; a node that is killed loses a minute. A token never waits for it, nor fails with it.
/// </summary>
public sealed partial class SecretUsage(StoreDatabase database, TimeProvider clock, ILogger<SecretUsage> log)
    : RegularWork(TimeSpan.FromSeconds(5), clock)
{
    private const int MaxBatch = 1000;

    // A minute, less the looks' own unevenness. A write takes the time of some tokens, and who reads these times looks for days.
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(58);

    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _used = new();

    // Those of the last minute, and when. A stop that is not waited for may write beside the last look.
    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _written = new();
    private bool _isLast;

    /// <summary>To the second: a use in the same second as the last one adds nothing.</summary>
    public void Record(RegisteredSecret secret)
    {
        if (secret.IsFirstUseIn(Clock.GetUtcNow().ToUnixTimeSeconds())) Record(secret.Id);
    }

    internal void Record(Guid secretId) => _used[secretId] = Clock.GetUtcNow();

    internal Task FlushAsync(CancellationToken cancellation) => OnceAsync(cancellation);

    protected override bool IsDoneAtTheEnd => true;

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        _isLast = true;
        return base.StopAsync(cancellationToken);
    }

    protected override async Task WorkAsync(CancellationToken cancellation)
    {
        var now = Clock.GetUtcNow();
        foreach (var written in _written)
            if (now - written.Value >= Between) _written.TryRemove(written);
        // To the second, so that the uses of one second share their statements. In one order on every node, so that two that flush seldom meet.
        foreach (var second in _used.Where(use => _isLast || !_written.ContainsKey(use.Key)).GroupBy(use => use.Value.ToUnixTimeSeconds()).OrderBy(second => second.Key))
            foreach (var batch in second.OrderBy(use => use.Key).Chunk(MaxBatch)) await WriteAsync(second.Key, batch, cancellation);
    }

    protected override void TellDelayed(Exception exception) => LogDelayed(exception);

    // A short transaction each: with very many applications in use nobody else's write waits for all of them.
    private async Task WriteAsync(long second, KeyValuePair<Guid, DateTimeOffset>[] batch, CancellationToken cancellation)
    {
        var at = DateTimeOffset.FromUnixTimeSeconds(second);
        var ids = Array.ConvertAll(batch, use => use.Key);
        await database.WriteByStatementAsync(store => store.ExecuteAsync(
            $"""UPDATE "ApplicationSecrets" SET "LastUsedAt" = @0 WHERE {store.IsAmong("\"Id\"", 1)} AND ("LastUsedAt" IS NULL OR "LastUsedAt" < @0)""",
            cancellation, at, store.Among(ids)), cancellation);
        foreach (var use in batch)
        {
            _used.TryRemove(use); // Not a use that came meanwhile.
            _written[use.Key] = Clock.GetUtcNow();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Last-used times could not be written; they are kept for the next try.")]
    private partial void LogDelayed(Exception exception);
}
