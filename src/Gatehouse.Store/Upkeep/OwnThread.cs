namespace Gatehouse.Store.Upkeep;

/// <summary>
/// A thread for what blocks or takes long and answers no request. A machine with one CPU has one thread that answers, and every request would wait while it
/// writes to the disk or compiles what runs for the first time; a thread beside it shares the CPU with it instead. What is awaited here goes on here.
/// It begins when it is needed and ends when nothing was asked of it for a while.
/// </summary>
internal sealed class OwnThread(string name, TimeSpan idle) : SynchronizationContext
{
    /// <summary>More than the seconds after which a node that is in use writes again.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(15);

    private readonly Queue<(SendOrPostCallback Callback, object? State)> _waiting = new();
    private bool _isRunning;

    /// <returns>How the work ended.</returns>
    public Task RunAsync(Func<Task> work)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(async _ =>
        {
            try
            {
                await work();
                ended.SetResult();
            }
            catch (Exception exception)
            {
                ended.SetException(exception); // An exception that nobody catches here ends the process.
            }
        }, null);
        return ended.Task;
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_waiting)
        {
            _waiting.Enqueue((d, state));
            if (_isRunning) Monitor.Pulse(_waiting);
            else Begin();
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("Who waits for this thread would block its own.");

    public override SynchronizationContext CreateCopy() => this;

    private void Begin()
    {
        _isRunning = true;
        try
        {
            new Thread(Run) { IsBackground = true, Name = name }.UnsafeStart();
        }
        catch (OutOfMemoryException)
        {
            // The system gives no more threads: slower is better than never.
            ThreadPool.UnsafeQueueUserWorkItem(static thread => thread.Run(), this, preferLocal: false);
        }
    }

    private void Run()
    {
        var before = Current;
        SetSynchronizationContext(this);
        while (TryTake() is { } next) next.Callback(next.State);
        SetSynchronizationContext(before);
    }

    private (SendOrPostCallback Callback, object? State)? TryTake()
    {
        lock (_waiting)
        {
            while (_waiting.Count == 0)
            {
                if (Monitor.Wait(_waiting, idle) || _waiting.Count > 0) continue;
                _isRunning = false;
                return null;
            }
            return _waiting.Dequeue();
        }
    }
}
