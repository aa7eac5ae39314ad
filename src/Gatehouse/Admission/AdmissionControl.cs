namespace Gatehouse.Admission;

/// <summary>
/// Decides which share of new requests is refused, by how long work waits for a thread of this node. A burst and a pause of the runtime pass
/// unpunished: only a wait that stays counts (the rule of CoDel, RFC 8289 §3). It is over as soon as one look finds the queue short.
/// </summary>
public sealed partial class AdmissionControl(AdmissionOptions options, TimeProvider clock, ILogger<AdmissionControl> log)
{
    /// <summary>How long the wait must have been too long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>Looks in a row; a pause of the runtime is one, however long it takes.</summary>
    private const int LeastLooks = 3;

    /// <summary>
    /// Each doubling of the wait beyond the target lets one eighth less through. A refusal costs about a third of a token, because most of it is
    /// TLS and HTTP: whoever refuses many has no time left to serve. What is not refused waits on its connection, unread.
    /// </summary>
    private const double PassedPerDoubling = 7.0 / 8;

    private static readonly TimeSpan BetweenReports = TimeSpan.FromSeconds(10);

    private readonly TimeSpan? _target = options.TargetWait > TimeSpan.Zero ? options.TargetWait : null;
    private long _aboveSince;
    private int _looksAbove;
    private long? _reported;
    private volatile uint _share;
    private uint _sum;
    private int _refused;

    /// <summary>The share of requests that is refused at present, 0 to 1.</summary>
    public double Share => _share / (double)uint.MaxValue;

    /// <summary>One read of memory: all that a request costs while nothing is wrong.</summary>
    public bool IsRefusing => _share != 0;

    /// <summary>Whether this request is one of the refused share.</summary>
    public bool Refuses()
    {
        var share = _share;
        if (share == 0) return false;
        // Every nth, without chance: the sum wraps around as often as the share says.
        if (Interlocked.Add(ref _sum, share) >= share) return false;
        Interlocked.Increment(ref _refused);
        return true;
    }

    /// <summary>When to come again, in seconds: not the same for all, or all would come at once.</summary>
    public int RetryAfterSeconds => 1 + (int)((uint)Volatile.Read(ref _refused) % 3);

    /// <summary>Takes in how long work has just waited for a thread. Never called twice at the same time.</summary>
    public void Observe(TimeSpan wait)
    {
        if (_target is not { } target) return;
        if (wait <= target)
        {
            _looksAbove = 0;
            _share = 0;
        }
        else
        {
            if (_looksAbove++ == 0) _aboveSince = clock.GetTimestamp() - (long)(wait.TotalSeconds * clock.TimestampFrequency);
            if (_looksAbove >= LeastLooks && clock.GetElapsedTime(_aboveSince) >= Patience) _share = ShareFor(wait / target);
        }
        Report(wait);
    }

    private static uint ShareFor(double timesTarget) => (uint)((1 - Math.Pow(PassedPerDoubling, Math.Log2(timesTarget))) * uint.MaxValue);

    // One line for thousands of refusals: a line for each would cost more than the refusal.
    private void Report(TimeSpan wait)
    {
        if (Volatile.Read(ref _refused) == 0 || (_reported is { } last && clock.GetElapsedTime(last) < BetweenReports)) return;
        _reported = clock.GetTimestamp();
        LogOverloaded(Interlocked.Exchange(ref _refused, 0), (int)wait.TotalMilliseconds);
    }

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Overloaded: {Count} requests were refused since the last such line (10 s or longer ago). Work waits {Wait} ms for a thread.")]
    private partial void LogOverloaded(int count, int wait);
}
