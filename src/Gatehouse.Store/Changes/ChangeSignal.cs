using System.Data.Common;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Gatehouse.Store.Changes;

/// <summary>Wakes the tail of the change feed; any number of rings before it looks count as one.</summary>
public sealed class ChangeSignal : IDisposable
{
    private readonly SemaphoreSlim _bell = new(0, 1);

    public void Ring()
    {
        try
        {
            _bell.Release();
        }
        catch (Exception exception) when (exception is SemaphoreFullException or ObjectDisposedException)
        {
            // It rings already, or nobody listens any more: what was committed stays committed.
        }
    }

    /// <summary>Returns when it rings, or after the time given.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellation) => _bell.WaitAsync(atMost, cancellation);

    public void Dispose() => _bell.Dispose();
}

/// <summary>
/// Rings after a commit that wrote change rows, so that this node's own writes are seen at once. Not when rows are saved into an open
/// transaction: a tail woken before the commit would find nothing and sleep until its next look.
/// </summary>
internal sealed class ChangeAppended(ChangeSignal signal) : SaveChangesInterceptor, IDbTransactionInterceptor
{
    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context?.Database.CurrentTransaction is null) RingAfter(eventData.Context);
        return ValueTask.FromResult(result);
    }

    public Task TransactionCommittedAsync(DbTransaction transaction, TransactionEndEventData eventData, CancellationToken cancellationToken = default)
    {
        RingAfter(eventData.Context);
        return Task.CompletedTask;
    }

    private void RingAfter(DbContext? context)
    {
        if (context is GatehouseDb db && (db.HasAnnounced || db.ChangeTracker.Entries<Change>().Any())) signal.Ring();
    }
}
