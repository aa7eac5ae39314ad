namespace Gatehouse.Admission;

/// <summary>
/// Measures how long work waits for a thread: 50 times a second it queues behind whatever waits there, as each request does, and looks at the clock
/// when its turn comes. A call that waits for a slow upstream holds no thread, so it makes nobody wait.
/// </summary>
/// <param name="post">Queues work; null: on the thread pool, behind all that is there.</param>
public sealed class QueueProbe(AdmissionControl admission, TimeProvider clock, Action<Action>? post = null) : IHostedService, IDisposable
{
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly Action<Action> _post = post ?? (work => ThreadPool.UnsafeQueueUserWorkItem(static work => work(), work, preferLocal: false));
    private ITimer? _timer;
    private long _posted;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Action arrive = Arrive;
        _timer = clock.CreateTimer(_ => Post(arrive), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _timer.Change(Interval, Timeout.InfiniteTimeSpan); // Not before it is known: whoever arrives sets it again.
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    private void Post(Action arrive)
    {
        _posted = clock.GetTimestamp();
        _post(arrive);
    }

    // The next one starts when this one has come through: there is never more than one.
    private void Arrive()
    {
        admission.Observe(clock.GetElapsedTime(_posted));
        _timer?.Change(Interval, Timeout.InfiniteTimeSpan);
    }
}
