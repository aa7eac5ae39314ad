using System.Collections.Concurrent;
using Gatehouse.Store.Database;
using Gatehouse.Store.Registry;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Store.Recording;

/// <summary>Remembers when each secret was last used and writes it down every few seconds: a token never waits for it, nor fails with it.</summary>
public sealed partial class SecretUsage(StoreDatabase database, TimeProvider clock, ILogger<SecretUsage> log) : BackgroundService
{
    private static readonly TimeSpan FlushInterval = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<Guid, DateTimeOffset> _used = new();

    /// <summary>To the second: a use in the same second as the last one adds nothing.</summary>
    public void Record(RegisteredSecret secret)
    {
        if (secret.IsFirstUseIn(clock.GetUtcNow().ToUnixTimeSeconds())) Record(secret.Id);
    }

    internal void Record(Guid secretId) => _used[secretId] = clock.GetUtcNow();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(FlushInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken)) await FlushAsync(stoppingToken);
    }

    /// <summary>Ends, and writes the last uses, also when it was stopped before it began.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync(cancellationToken);
    }

    public async Task FlushAsync(CancellationToken cancellation)
    {
        if (_used.IsEmpty) return;
        var batch = _used.OrderBy(use => use.Key).ToList(); // The same order on every node: no deadlock between two that flush.
        try
        {
            await using var db = database.Open();
            await using var transaction = await db.Database.BeginTransactionAsync(cancellation);
            foreach (var (secretId, at) in batch)
            {
                await db.ApplicationSecrets.Where(row => row.Id == secretId && (row.LastUsedAt == null || row.LastUsedAt < at))
                    .ExecuteUpdateAsync(set => set.SetProperty(row => row.LastUsedAt, at), cancellation);
            }
            await transaction.CommitAsync(cancellation);
            foreach (var use in batch) _used.TryRemove(use); // Not a use that came meanwhile.
        }
        catch (Exception exception) when (StoreFault.IsAway(exception))
        {
            LogDelayed(exception);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Last-used times could not be written; they are kept for the next try.")]
    private partial void LogDelayed(Exception exception);
}
