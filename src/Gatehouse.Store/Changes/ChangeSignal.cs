using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
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
        catch (SemaphoreFullException)
        {
            // It rings already.
        }
    }

    /// <summary>Returns when it rings, or after the time given.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellation) => _bell.WaitAsync(atMost, cancellation);

    public void Dispose() => _bell.Dispose();
}

/// <summary>Rings after a commit that wrote change rows, so that this node's own writes are seen at once.</summary>
internal sealed class ChangeAppended(ChangeSignal signal) : SaveChangesInterceptor
{
    public override ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is GatehouseDb db && db.ChangeTracker.Entries<Change>().Any()) signal.Ring();
        return ValueTask.FromResult(result);
    }
}
