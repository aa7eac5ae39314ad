using System.Diagnostics;

namespace Gatehouse.Bench.Harness.Load.Open;

/// <summary>
/// Gives each request that is due to a connection that is free, or lets it wait for one. Its time runs from when it was due, so that a server that is
/// slow to answer cannot make the load wait and thereby hide how slow it was (coordinated omission). When it is the load itself that stood still, what was
/// due meanwhile is left out and counted where the phase says so: asked all at once it would be a load that nobody planned. All on one thread.
/// </summary>
internal sealed class Dispatcher(TimeSpan patience)
{
    // In turn, so that none is idle for the two minutes after which servers close it: thousands that come back at once are a load of their own.
    private readonly Queue<OpenConnection> _free = new();
    private readonly Queue<long> _waiting = new();
    private readonly LinkedList<OpenConnection> _asked = new();
    private readonly long _patience = (long)(patience.TotalSeconds * Stopwatch.Frequency);
    private IReadOnlyList<Tally> _tallies = [];
    private long _lastCame;
    private int _broken;

    /// <summary>What counts from now on; before, connections only open.</summary>
    public void Begin(IReadOnlyList<Tally> tallies)
    {
        _tallies = tallies;
    }

    /// <summary>Takes a request whose time has come.</summary>
    public void Take(long due)
    {
        var (now, tally) = (Stopwatch.GetTimestamp(), TallyOf(due));
        // A server whose connections break keeps the generator busy with new ones: what is late meanwhile is not the generator's own.
        if (_broken == 0 && _free.Count > 0 && tally.LeavesOut(due, now)) return;
        if (!TryFind(out var connection))
        {
            _waiting.Enqueue(due);
            return;
        }
        tally.SentLate(Tally.Micros(now - due));
        CountSent(connection, now);
        connection.Send(due);
    }

    /// <summary>A connection has nothing to do: after its handshake, or after an answer.</summary>
    public void Free(OpenConnection connection)
    {
        long due;
        var now = Stopwatch.GetTimestamp();
        while (_waiting.TryDequeue(out due) && now - due > _patience) TallyOf(due).NotSent(due);
        if (due == 0)
        {
            // One that broke while it was free, and was made anew, stands there already.
            if (!connection.IsWaiting) _free.Enqueue(connection);
            connection.IsWaiting = true;
            return;
        }
        CountSent(connection, now);
        connection.Send(due);
    }

    /// <summary>A connection has to be made anew, or has been.</summary>
    public void Broken(bool isMended) => _broken += isMended ? -1 : 1;

    /// <summary>An answer is there as a whole, and was when it had come.</summary>
    public void Answered(OpenConnection connection, long due, long came, int status)
    {
        var (sent, seen) = (connection.Sent, Stopwatch.GetTimestamp());
        if (sent == 0) return; // That writing it failed was told before.
        came = Math.Clamp(came, sent, seen);
        CountCame(connection, came);
        TallyOf(due).Answered(due, sent, came, seen, status);
    }

    /// <summary>No answer will come.</summary>
    public void Failed(OpenConnection connection, long due)
    {
        CountPause(Stopwatch.GetTimestamp());
        Forget(connection); // No answer: for who else waits the pause goes on.
        TallyOf(due).Failed(due);
    }

    /// <summary>Counts what still waits for a connection as not sent, what still waits for an answer as failed.</summary>
    public IReadOnlyList<PhaseResult> End(IEnumerable<long> unanswered)
    {
        while (_waiting.TryDequeue(out var due)) TallyOf(due).NotSent(due);
        foreach (var due in unanswered) TallyOf(due).Failed(due);
        CountPause(Stopwatch.GetTimestamp());
        return [.. _tallies.Select(tally => tally.Read())];
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

    private void CountSent(OpenConnection connection, long now)
    {
        connection.Sent = now;
        _asked.AddLast(connection.Place);
    }

    private void CountCame(OpenConnection connection, long came)
    {
        CountPause(came);
        Forget(connection);
        _lastCame = Math.Max(_lastCame, came);
    }

    private void Forget(OpenConnection connection)
    {
        _asked.Remove(connection.Place);
        connection.Sent = 0;
    }

    // A pause is a time without an answer in which a request waited for one: it begins with the last answer, or with the oldest that still waits.
    private void CountPause(long end)
    {
        if (_asked.First is { } oldest) TallyOf(end).Pause(Tally.Micros(end - Math.Max(_lastCame, oldest.Value.Sent)));
    }

    private Tally TallyOf(long time)
    {
        for (var place = 0; place < _tallies.Count - 1; place++)
            if (time < _tallies[place].End) return _tallies[place];
        return _tallies[^1];
    }
}
