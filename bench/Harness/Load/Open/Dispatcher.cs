using System.Diagnostics;

namespace Gatehouse.Bench.Harness.Load.Open;

/// <summary>
/// Gives each request that is due to a connection that is free, or lets it wait for one. Its time runs from when it was due, so that a server that is
/// slow to answer cannot make the load wait and thereby hide how slow it was (coordinated omission).
/// </summary>
internal sealed class Dispatcher(TimeSpan patience)
{
    private readonly Lock _lock = new();
    // In turn, so that none is idle for the two minutes after which servers close it: thousands that come back at once are a load of their own.
    private readonly Queue<OpenConnection> _free = new();
    private readonly Queue<long> _waiting = new();
    private readonly long _patience = (long)(patience.TotalSeconds * Stopwatch.Frequency);
    private IReadOnlyList<Tally> _tallies = [];
    private int _unanswered;
    private long _quietSince;

    /// <summary>What counts from now on; before, connections only open.</summary>
    public void Begin(IReadOnlyList<Tally> tallies)
    {
        lock (_lock) _tallies = tallies;
    }

    /// <summary>Takes a request whose time has come.</summary>
    public void Take(long due)
    {
        OpenConnection connection;
        long now;
        lock (_lock)
        {
            now = Stopwatch.GetTimestamp();
            if (!TryFind(out connection))
            {
                _waiting.Enqueue(due);
                return;
            }
            TallyOf(due).SentLate(Tally.Micros(now - due));
            CountSent(now);
        }
        connection.Send(due, now);
    }

    /// <summary>A connection has nothing to do: after its handshake, or after an answer.</summary>
    public void Free(OpenConnection connection)
    {
        long due, now;
        lock (_lock)
        {
            now = Stopwatch.GetTimestamp();
            while (_waiting.TryDequeue(out due) && now - due > _patience) TallyOf(due).NotSent(due);
            if (due == 0)
            {
                // One that broke while it was free, and was made anew, stands there already.
                if (!connection.IsWaiting) _free.Enqueue(connection);
                connection.IsWaiting = true;
                return;
            }
            CountSent(now);
        }
        connection.Send(due, now);
    }

    /// <summary>An answer is there as a whole.</summary>
    public void Answered(long due, long sent, int status)
    {
        lock (_lock)
        {
            var now = Stopwatch.GetTimestamp();
            CountCame(now);
            TallyOf(due).Answered(due, sent, now, status);
        }
    }

    /// <summary>No answer will come.</summary>
    public void Failed(long due)
    {
        lock (_lock)
        {
            CountCame(Stopwatch.GetTimestamp());
            TallyOf(due).Failed(due);
        }
    }

    /// <summary>Counts what still waits for a connection as not sent, what still waits for an answer as failed.</summary>
    public IReadOnlyList<PhaseResult> End(IEnumerable<long> unanswered)
    {
        lock (_lock)
        {
            while (_waiting.TryDequeue(out var due)) TallyOf(due).NotSent(due);
            foreach (var due in unanswered) TallyOf(due).Failed(due);
            return [.. _tallies.Select(tally => tally.Read())];
        }
    }

    // One that broke while it was free says so, and comes back when it is made anew.
    private bool TryFind(out OpenConnection connection)
    {
        while (_free.TryDequeue(out connection!))
        {
            connection.IsWaiting = false;
            if (connection.IsOpen) return true;
        }
        return false;
    }

    private void CountSent(long now)
    {
        if (_unanswered++ == 0) _quietSince = now;
    }

    private void CountCame(long now)
    {
        TallyOf(now).Pause(Tally.Micros(now - _quietSince));
        (_unanswered, _quietSince) = (_unanswered - 1, now);
    }

    private Tally TallyOf(long time)
    {
        for (var place = 0; place < _tallies.Count - 1; place++)
            if (time < _tallies[place].End) return _tallies[place];
        return _tallies[^1];
    }
}
