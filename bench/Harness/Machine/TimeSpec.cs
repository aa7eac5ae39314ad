using System.Diagnostics;

namespace Gatehouse.Bench.Harness.Machine;

/// <summary>Linux's <c>timespec</c> on 64 bits.</summary>
internal struct TimeSpec
{
    private const long NanosPerSecond = 1_000_000_000;

    public long Seconds;
    public long Nanos;

    /// <summary>What is left; nothing when it is past.</summary>
    /// <param name="due">A time stamp of <see cref="Stopwatch"/>.</param>
    public static TimeSpec Until(long due)
    {
        var nanos = Math.Max(0, due - Stopwatch.GetTimestamp()) * (NanosPerSecond / Stopwatch.Frequency);
        return new TimeSpec { Seconds = nanos / NanosPerSecond, Nanos = nanos % NanosPerSecond };
    }
}
