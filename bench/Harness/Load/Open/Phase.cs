using System.Diagnostics;
using System.Text.Json.Serialization;

namespace Gatehouse.Bench.Harness.Load.Open;

/// <summary>A time in which requests are due at one rate, evenly spaced.</summary>
/// <param name="MostLate">
/// Milliseconds: a request for which the generator itself comes later, although a connection is free, is left out and counted; null: none is.
/// </param>
internal sealed record Phase(double PerSecond, double Seconds, double? MostLate = null);

/// <summary>Times in milliseconds.</summary>
internal sealed record Times(double P50, double P99, double P999, double Max)
{
    [JsonIgnore]
    public double Ratio => P99 / P50;

    public static Times Of(Histogram histogram) => new(
        histogram.Milliseconds(0.5), histogram.Milliseconds(0.99), histogram.Milliseconds(0.999), histogram.Max / 1e3);
}

/// <summary>What became of the requests that were due in a phase.</summary>
/// <param name="Start">Its begin, a time stamp of <see cref="Stopwatch"/>, which all processes share.</param>
/// <param name="Answered">2xx.</param>
/// <param name="Refused">503.</param>
/// <param name="Failed">Any other status, or a connection that broke.</param>
/// <param name="NotSent">No connection was free for as long as the generator waits: what a caller sees as a timeout.</param>
/// <param name="LeftOut">The generator came too late for them.</param>
/// <param name="FromDue">
/// Of the answered, from the time at which they were due, so that a wait for a free connection counts, to that at which the answer was in the caller's socket.
/// </param>
/// <param name="FromSent">Of the answered, from the time at which they were sent, likewise.</param>
/// <param name="Seen">Of the answered, from the time at which they were due to that at which the generator had read them.</param>
/// <param name="RefusedFromSent">Of the refused.</param>
/// <param name="Late">How late the generator itself was with requests for which a connection was free, those that it left out among them.</param>
/// <param name="LongestPause">Milliseconds in which no answer came although requests waited for one.</param>
internal sealed record PhaseResult(
    Phase Phase, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] long Start,
    long Answered, long Refused, long Failed, long NotSent, long LeftOut, Times FromDue, Times FromSent, Times Seen,
    Times RefusedFromSent, Times Late, double LongestPause)
{
    /// <summary>
    /// Of the answered from when they were due, were each that was left out later than all of them: what leaving out can hide at most; null: later than the
    /// last of the answered.
    /// </summary>
    public double? P99WithLeftOut { get; init; }

    /// <summary>Parts of the phase, one after the other.</summary>
    public required IReadOnlyList<SlotResult> Slots { get; init; }

    /// <summary>Instead of the parts, where those are too many to tell.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<double>? WorstP99EachTenSeconds { get; init; }

    [JsonIgnore]
    public long End => Start + (long)(Phase.Seconds * Stopwatch.Frequency);

    /// <summary>Of those that were asked: refused, failed, not sent.</summary>
    public double NotAnswered => Math.Floor(Phase.PerSecond * Phase.Seconds) - LeftOut - Answered;

    public double AnsweredPerSecond => Answered / Phase.Seconds;

    public double RefusedPerSecond => Refused / Phase.Seconds;

    public double LeftOutPercent => 100 * LeftOut / (Due + LeftOut);

    public double Due => Math.Max(1, Answered + Refused + Failed + NotSent);
}

/// <summary>Those due in a tenth of a second.</summary>
/// <param name="P99">Of the answered from the time at which they were due, in milliseconds.</param>
/// <param name="Others">Refused, failed, not sent.</param>
internal sealed record SlotResult(double P99, long Answered, long Others)
{
    public const double Seconds = 0.1;
}
