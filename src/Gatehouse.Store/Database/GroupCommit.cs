using System.Collections.Concurrent;
using System.Data;
using Gatehouse.Store.Upkeep;

namespace Gatehouse.Store.Database;

/// <summary>
/// On SQLite, writers that came while others committed share the next commit: the wait for the disk is most of what a small transaction costs. Each has a
/// savepoint, so that one that is refused or fails takes back its own statements alone; and nobody is answered before the commit. A thread
/// of its own writes for them all.
/// </summary>
internal sealed class GroupCommit(StoreDatabase database)
{
    /// <summary>Beyond this many a write is refused at once: whoever comes would wait longer than anybody asks again.</summary>
    internal const int MaxWaiting = 4096;

    // What ends access finds a place when nothing else does.
    private const int MaxWaitingToEnd = 2 * MaxWaiting;

    // So that others who wait for the turn to write get it now and then.
    private const int MostTogether = 64;

    private readonly ConcurrentQueue<Waiting> _waiting = new();
    private int _count;
    private readonly OwnThread _thread = new("Gatehouse writer");
    private int _isLed;

    /// <summary>Runs the work in a transaction that may be others' too.</summary>
    /// <param name="work">Statements on the connection that it is given, and nothing else.</param>
    /// <param name="isKept">Whether what it wrote is kept, by what it returned; null for a single statement, which SQLite takes back whole when it fails.</param>
    /// <param name="cancellation">While it waits: answered at once, and nothing is written. While it works: between its statements, which are taken back.</param>
    /// <param name="endsAccess">Whether it must not be refused for what others want.</param>
    /// <exception cref="TimeoutException">Too many wait.</exception>
    public Task<T> RunAsync<T>(
        Func<StoreConnection, Task<T>> work, Func<T, bool>? isKept, CancellationToken cancellation, bool endsAccess = false)
    {
        if (Interlocked.Increment(ref _count) > (endsAccess ? MaxWaitingToEnd : MaxWaiting))
        {
            Leave();
            return Task.FromException<T>(new TimeoutException("Too many writes wait for the database."));
        }
        var mine = new Waiting<T>(this, work, isKept, cancellation);
        _waiting.Enqueue(mine);
        LeadUnlessLed();
        return mine.Answer;
    }

    // Not on the first caller's thread, which would work for all who come after it, nor on one that could answer others.
    private void LeadUnlessLed()
    {
        if (Interlocked.Exchange(ref _isLed, 1) == 0) _thread.Post(static group => _ = ((GroupCommit)group!).LeadAsync(), this);
    }

    // The connection and its prepared statements stay for as long as somebody waits.
    private async Task LeadAsync()
    {
        StoreConnection? connection = null;
        try
        {
            while (!_waiting.IsEmpty)
            {
                using var turn = await database.WaitForTurnAsync(CancellationToken.None);
                connection = await ServeAsync(connection);
            }
            await CloseAsync(connection);
        }
        finally
        {
            // A full fence: whoever queues after the look below sees that nobody leads.
            Interlocked.Exchange(ref _isLed, 0);
            if (!_waiting.IsEmpty) LeadUnlessLed();
        }
    }

    /// <returns>The connection to go on with; null when it is of no use any more.</returns>
    private async Task<StoreConnection?> ServeAsync(StoreConnection? connection)
    {
        List<Waiting> together = [];
        try
        {
            connection ??= await StoreConnection.OpenToRepeatAsync(database, CancellationToken.None);
            await connection.BeginAsync(IsolationLevel.Serializable, CancellationToken.None);
            together = Take(MostTogether);
            foreach (var one in together) await one.RunAsync(connection);
            await connection.CommitAsync(CancellationToken.None);
            foreach (var one in together) one.Complete();
            return connection;
        }
        catch (Exception exception)
        {
            await CloseAsync(connection); // First, so that what they are told of is over.
            if (together.Count == 0) together = Take(MaxWaitingToEnd); // Nobody could begin, and who waits has waited for as long.
            foreach (var one in together) one.Fail(exception);
            return null;
        }
    }

    private List<Waiting> Take(int most)
    {
        var together = new List<Waiting>();
        while (together.Count < most && _waiting.TryDequeue(out var one))
            if (one.TryTake()) together.Add(one);
        return together;
    }

    // Somebody waits no longer: taken, or given up.
    private void Leave() => Interlocked.Decrement(ref _count);

    private static async Task CloseAsync(StoreConnection? connection)
    {
        try
        {
            if (connection is not null) await connection.DisposeAsync();
        }
        catch (Exception)
        {
            // Those who wrote have been told already, and nobody uses it again.
        }
    }

    private abstract class Waiting
    {
        /// <summary>False when it was given up meanwhile.</summary>
        public abstract bool TryTake();

        /// <summary>Runs the work behind a savepoint. What it throws is the work's own; an exception out of here means that the transaction is lost.</summary>
        public abstract Task RunAsync(StoreConnection connection);

        public abstract void Complete();

        public abstract void Fail(Exception exception);
    }

    private sealed class Waiting<T> : Waiting
    {
        private readonly GroupCommit _group;
        private readonly Func<StoreConnection, Task<T>> _work;
        private readonly Func<T, bool>? _isKept;
        private readonly CancellationToken _cancellation;
        private readonly CancellationTokenRegistration _registration;
        private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _isTaken; // By the leader, or by the cancellation of who waits.
        private Exception? _failure;
        private T? _result;

        public Waiting(GroupCommit group, Func<StoreConnection, Task<T>> work, Func<T, bool>? isKept, CancellationToken cancellation)
        {
            (_group, _work, _isKept, _cancellation) = (group, work, isKept, cancellation);
            _registration = cancellation.UnsafeRegister(static waiting => ((Waiting<T>)waiting!).Cancel(), this);
        }

        public Task<T> Answer => _answer.Task;

        public override async Task RunAsync(StoreConnection connection)
        {
            _registration.Unregister();
            if (_isKept is null) await TryAsync(connection);
            else await connection.RunBehindSavepointAsync(() => TryAsync(connection));
        }

        public override void Complete()
        {
            if (_failure is null) _answer.TrySetResult(_result!);
            else Fail(_failure);
        }

        public override void Fail(Exception exception)
        {
            _registration.Unregister();
            if (exception is OperationCanceledException && _cancellation.IsCancellationRequested) _answer.TrySetCanceled(_cancellation);
            else _answer.TrySetException(exception);
        }

        public override bool TryTake()
        {
            if (Interlocked.Exchange(ref _isTaken, 1) != 0) return false;
            _group.Leave();
            return true;
        }

        private void Cancel()
        {
            if (TryTake()) _answer.TrySetCanceled(_cancellation);
        }

        private async Task<bool> TryAsync(StoreConnection connection)
        {
            try
            {
                _result = await _work(connection);
                return _isKept?.Invoke(_result) ?? true;
            }
            catch (Exception exception)
            {
                _failure = exception;
                return false;
            }
        }
    }
}
