using System.Diagnostics;

namespace Gatehouse.Bench.Harness.Load.Open;

/// <summary>Counts what becomes of the requests of one phase.</summary>
internal sealed class Tally
{
    private readonly Phase _phase;
    private readonly long _start;
    private readonly Histogram _fromDue = new();
    private readonly Histogram _fromSent = new();
    private readonly Histogram _seen = new();
    private readonly Histogram _refused = new();
    private readonly Histogram _late = new();
    private readonly (Histogram Answered, long Others)[] _slots;
    private long _failed;
    private long _notSent;
    private long _leftOut;
    private long _longestPause;

    /// <param name="phase">What it counts.</param>
    /// <param name="start">When it begins, as all times here: a time stamp of <see cref="Stopwatch"/>.</param>
    public Tally(Phase phase, long start)
    {
        (_phase, _start) = (phase, start);
        _slots = new (Histogram, long)[(int)Math.Ceiling(phase.Seconds / SlotResult.Seconds)];
        for (var place = 0; place < _slots.Length; place++) _slots[place].Answered = new Histogram();
    }

    public long End => _start + (long)(_phase.Seconds * Stopwatch.Frequency);

    public void SentLate(long micros) => _late.Add(micros);

    /// <summary>Whether the generator comes too late for it; if so it is counted.</summary>
    public bool LeavesOut(long due, long now)
    {
        if (_phase.MostLate is not { } most || Micros(now - due) <= most * 1000) return false;
        _leftOut++;
        _late.Add(Micros(now - due));
        return true;
    }

    public void Pause(long micros) => _longestPause = Math.Max(_longestPause, micros);

    public void NotSent(long due)
    {
        _notSent++;
        SlotOf(due).Others++;
    }

    public void Failed(long due)
    {
        _failed++;
        SlotOf(due).Others++;
    }

    public void Answered(long due, long sent, long came, long seen, int status)
    {
        if (status == 503) _refused.Add(Micros(came - sent));
        if (status / 100 != 2)
        {
            if (status != 503) _failed++;
            SlotOf(due).Others++;
            return;
        }
        _fromDue.Add(Micros(came - due));
        _fromSent.Add(Micros(came - sent));
        _seen.Add(Micros(seen - due));
        SlotOf(due).Answered.Add(Micros(came - due));
    }

    public PhaseResult Read() => new(
        _phase, _start, _fromDue.Count, _refused.Count, _failed, _notSent, _leftOut, Times.Of(_fromDue), Times.Of(_fromSent), Times.Of(_seen), Times.Of(_refused),
        Times.Of(_late), _longestPause / 1e3)
    {
        P99WithLeftOut = _fromDue.MillisecondsAmong(0.99, _fromDue.Count + _leftOut),
        Slots = [.. _slots.Select(slot => new SlotResult(slot.Answered.Milliseconds(0.99), slot.Answered.Count, slot.Others))],
    };

    public static long Micros(long ticks) => ticks * 1_000_000 / Stopwatch.Frequency;

    private ref (Histogram Answered, long Others) SlotOf(long due) =>
        ref _slots[Math.Clamp((int)((due - _start) / (SlotResult.Seconds * Stopwatch.Frequency)), 0, _slots.Length - 1)];
}
