namespace Gatehouse.Store.Database;

/// <summary>
/// A thread of SQLite's writer. SQLite answers in the process, so that whoever writes blocks its thread until the disk has it (1 to 4 ms, and longer when the
/// log is copied into the file): a machine with one CPU has one thread that answers requests, and every one of them would wait for that. What is awaited
/// here goes on here. It begins when it is needed and ends when nothing was asked of it for a while.
/// </summary>
internal sealed class WriterThread(TimeSpan idle) : SynchronizationContext
{
    // More than five seconds, after which a node that is in use writes again.
    public static readonly TimeSpan Idle = TimeSpan.FromSeconds(15);

    private readonly Queue<(SendOrPostCallback Callback, object? State)> _waiting = new();
    private bool _isRunning;

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
            new Thread(Run) { IsBackground = true, Name = "Gatehouse writer" }.UnsafeStart();
        }
        catch (OutOfMemoryException)
        {
            // The system gives no more threads: slower is better than never.
            ThreadPool.UnsafeQueueUserWorkItem(static writer => writer.Run(), this, preferLocal: false);
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
