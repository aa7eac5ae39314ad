namespace Gatehouse.Store.Changes;

/// <summary>How long changes took to reach this node: written to applied. The promise is under one second.</summary>
public sealed class ChangeDelay
{
    private readonly Lock _gate = new();
    private long _applied;
    private TimeSpan _last;
    private TimeSpan _max;

    public void Record(TimeSpan delay)
    {
        var positive = delay < TimeSpan.Zero ? TimeSpan.Zero : delay; // Two nodes' clocks differ.
        lock (_gate)
        {
            _applied++;
            _last = positive;
            if (positive > _max) _max = positive;
        }
    }

    /// <summary>The number of changes applied since the start, the newest delay, and the longest.</summary>
    public (long Applied, TimeSpan Last, TimeSpan Max) Read()
    {
        lock (_gate) return (_applied, _last, _max);
    }
}
