using System.Collections.Concurrent;
using System.Data;

namespace Gatehouse.Store.Database;

/// <summary>
/// On SQLite, writers that came while others committed share the next commit: the wait for the disk is most of what a small transaction costs. Each has a
/// savepoint, so that one that is refused or fails takes back its own statements alone; and nobody is answered before the commit.
/// </summary>
internal sealed class GroupCommit(StoreDatabase database)
{
    // So that others who wait for the turn to write get it now and then.
    private const int MostTogether = 64;

    private readonly ConcurrentQueue<Waiting> _waiting = new();
    private int _isLed;

    /// <summary>Runs the work in a transaction that may be others' too.</summary>
    /// <param name="work">Statements on the connection that it is given, and nothing else.</param>
    /// <param name="isKept">Whether what it wrote is kept, by what it returned; null for a single statement, which SQLite takes back whole when it fails.</param>
    /// <param name="cancellation">Counts until the commit begins.</param>
    public Task<T> RunAsync<T>(Func<StoreConnection, Task<T>> work, Func<T, bool>? isKept, CancellationToken cancellation)
    {
        var mine = new Waiting<T>(work, isKept, cancellation);
        _waiting.Enqueue(mine);
        // A task of its own: the first caller would work for all who come after it.
        if (Interlocked.Exchange(ref _isLed, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(group => _ = group.LeadAsync(), this, preferLocal: false);
        return mine.Answer;
    }

    private async Task LeadAsync()
    {
        do
        {
            await ServeAsync();
            Volatile.Write(ref _isLed, 0);
        }
        while (!_waiting.IsEmpty && Interlocked.Exchange(ref _isLed, 1) == 0); // Somebody may have come who saw that it is led.
    }

    // The connection and its prepared statements stay for as long as somebody waits.
    private async Task ServeAsync()
    {
        StoreConnection? connection = null;
        try
        {
            while (!_waiting.IsEmpty)
            {
                using var turn = await database.WaitForTurnAsync(CancellationToken.None);
                var together = Take();
                try
                {
                    connection ??= await StoreConnection.OpenToRepeatAsync(database, CancellationToken.None);
                    await CommitAsync(connection, together);
                }
                catch (Exception exception)
                {
                    foreach (var one in together) one.Fail(exception); // Whatever it was, everybody hears of it.
                    await CloseAsync(connection);
                    connection = null;
                }
            }
        }
        finally
        {
            await CloseAsync(connection);
        }
    }

    private List<Waiting> Take()
    {
        var together = new List<Waiting>();
        while (together.Count < MostTogether && _waiting.TryDequeue(out var one)) together.Add(one);
        return together;
    }

    private static async Task CommitAsync(StoreConnection connection, List<Waiting> together)
    {
        await connection.BeginAsync(IsolationLevel.Serializable, CancellationToken.None);
        foreach (var one in together) await one.RunAsync(connection);
        await connection.CommitAsync(CancellationToken.None);
        foreach (var one in together) one.Complete();
    }

    private static async Task CloseAsync(StoreConnection? connection)
    {
        try
        {
            if (connection is not null) await connection.DisposeAsync();
        }
        catch (Exception exception) when (StoreFault.IsAway(exception))
        {
            // Those who wrote have been told already.
        }
    }

    private abstract class Waiting
    {
        /// <summary>Runs the work behind a savepoint. What it throws is the work's own; an exception out of here means that the transaction is lost.</summary>
        public abstract Task RunAsync(StoreConnection connection);

        public abstract void Complete();

        public abstract void Fail(Exception exception);
    }

    private sealed class Waiting<T>(Func<StoreConnection, Task<T>> work, Func<T, bool>? isKept, CancellationToken cancellation) : Waiting
    {
        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Exception? _failure;
        private T? _result;

        public Task<T> Answer => _answer.Task;

        public override async Task RunAsync(StoreConnection connection)
        {
            if (isKept is null) await TryAsync(connection);
            else await connection.RunBehindSavepointAsync(() => TryAsync(connection));
        }

        public override void Complete()
        {
            if (_failure is null) _answer.TrySetResult(_result!);
            else Fail(_failure);
        }

        public override void Fail(Exception exception)
        {
            if (exception is OperationCanceledException) _answer.TrySetCanceled(cancellation);
            else _answer.TrySetException(exception);
        }

        private async Task<bool> TryAsync(StoreConnection connection)
        {
            try
            {
                cancellation.ThrowIfCancellationRequested();
                _result = await work(connection);
                return isKept?.Invoke(_result) ?? true;
            }
            catch (Exception exception)
            {
                _failure = exception;
                return false;
            }
        }
    }
}
