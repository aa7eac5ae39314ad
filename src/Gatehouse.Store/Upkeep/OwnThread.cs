namespace Gatehouse.Store.Upkeep;

/// <summary>
/// A thread for what blocks or takes long and answers no request. On a machine with one CPU the pool begins with one thread, and every request would wait while
/// that one writes to the disk or compiles what runs for the first time; a thread beside it shares the CPU with it instead. What our own code awaits here goes
/// on here; what a library awaits within itself (EF Core, Npgsql) may end on the pool before it comes back.
/// </summary>
/// <remarks>
/// It begins when it is needed and ends when nothing was asked of it for a while. What flows with a caller (its activity, its culture) does not come along.
/// </remarks>
internal sealed class OwnThread : SynchronizationContext
{
    // A node looks after itself every few seconds.
    private static readonly TimeSpan UsualIdle = TimeSpan.FromSeconds(15);

    private readonly string _name;
    private readonly TimeSpan _idle;
    private readonly Action<Thread> _start;
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _waiting = new();
    private bool _isRunning;

    public OwnThread(string name)
        : this(name, UsualIdle, thread => thread.UnsafeStart())
    {
    }

    /// <summary>For tests, which wait for its end or have no thread to give.</summary>
    internal OwnThread(string name, TimeSpan idle, Action<Thread> start) => (_name, _idle, _start) = (name, idle, start);

    /// <summary>For what a node does by itself.</summary>
    public static OwnThread Upkeep { get; } = new("Gatehouse upkeep");

    /// <returns>How the work ended.</returns>
    public Task RunAsync(Func<Task> work)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Post(async _ =>
        {
            var task = BeginAsync(work);
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            ended.SetFromTask(task);
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

    // What throws before its first await throws into its task as well.
    private static async Task BeginAsync(Func<Task> work) => await work();

    private void Begin()
    {
        _isRunning = true;
        try
        {
            _start(new Thread(() => Run(_idle)) { IsBackground = true, Name = _name });
        }
        catch (Exception)
        {
            // The system gives no more threads: the pool does what is there and has its thread back, and the next one who asks tries again.
            ThreadPool.UnsafeQueueUserWorkItem(static own => own.Run(TimeSpan.Zero), this, preferLocal: false);
        }
    }

    private void Run(TimeSpan idle)
    {
        var before = Current;
        SetSynchronizationContext(this);
        while (TryTake(idle) is { } next) next.Callback(next.State);
        SetSynchronizationContext(before);
    }

    private (SendOrPostCallback Callback, object? State)? TryTake(TimeSpan idle)
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
