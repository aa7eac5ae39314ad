using System.Text.Json.Serialization;
using Gatehouse.Bench.Harness.Load.Open;

namespace Gatehouse.Bench.Harness.Measuring;

/// <summary>What <c>bench/bench load</c> was asked for.</summary>
/// <param name="Job">As in <see cref="Targets.Jobs"/>.</param>
/// <param name="SettleSeconds">How long half of saturation lasts before what counts: the generator's code, and what a server does seldom, is compiled meanwhile.</param>
/// <param name="HalfSeconds">How long half of saturation lasts; in turn: each time.</param>
/// <param name="Rounds">How many times all targets are asked in turn; 0: one target after the other, with all phases.</param>
/// <param name="OverSeconds">How long the load beyond capacity lasts.</param>
/// <param name="Times">How many times saturation that is.</param>
/// <param name="Connections">Of the open loop.</param>
/// <param name="Patience">Milliseconds for which a request waits for a free connection.</param>
/// <param name="As">Requests per second that are taken for saturation, of every target; null: what each is found to do, in turn: what the first is.</param>
/// <param name="Awake">Whether the load's CPU never halts.</param>
internal sealed record LoadOptions(
    string Job, int SettleSeconds, int HalfSeconds, int Rounds, int OverSeconds, double Times, int Connections, int Patience, double? As, bool Awake)
{
    /// <summary>How much of saturation the first and the last phase have.</summary>
    public const double Half = 0.5;

    /// <summary>How much of it a quiet server has to do.</summary>
    public const double Quarter = 0.25;

    /// <summary>Milliseconds by which the generator may be late at a quarter and at half; what it would ask later than that it leaves out.</summary>
    public const double MostLate = 0.25;

    /// <summary>Half of saturation before a turn that counts.</summary>
    public const int BeforeTurnSeconds = 3;

    /// <summary>How many times p50 the p99 shall be at most.</summary>
    public const double MostRatio = 3;

    /// <summary>How long a quarter of saturation lasts.</summary>
    public const int QuarterSeconds = 60;

    /// <summary>How much of it is asked for in turn to find the peak.</summary>
    public static readonly double[] Ramp = [0.6, 0.7, 0.8, 0.9, 1];

    /// <summary>How long each of those lasts.</summary>
    public const int RampSeconds = 10;

    /// <summary>Half of saturation after the overload.</summary>
    public const int AfterSeconds = 15;

    /// <summary>Milliseconds: a tenth of a second with no more is one as before the overload, whichever server it is.</summary>
    public const double RecoveredP99 = 10;

    /// <summary>Closed loops of as many seconds, of which the best is saturation.</summary>
    public const int SaturationRuns = 3;
}

/// <summary>What one target did.</summary>
/// <param name="Saturation">Answers per second of the best closed loop.</param>
/// <param name="Quarter">At a quarter of it.</param>
/// <param name="Half">At half of it.</param>
/// <param name="Ramp">From there on up to it.</param>
/// <param name="Over">Beyond it.</param>
/// <param name="After">At half of it, at once after that.</param>
/// <param name="RecoveryMilliseconds">
/// From the end of the overload to the end of the first tenth of a second whose p99 is at most <see cref="LoadOptions.RecoveredP99"/> and in which
/// every request was answered; null: not within the phase.
/// </param>
/// <param name="Memory">RSS in mebibytes, twice a second over all phases.</param>
/// <param name="ForeignPercent">How much of one CPU programs took that have nothing to do with the run.</param>
internal sealed record LoadResult(
    string Target, string Version, double Saturation, PhaseFacts Quarter, PhaseFacts Half, IReadOnlyList<PhaseFacts> Ramp,
    PhaseFacts Over, PhaseFacts After, double? RecoveryMilliseconds, IReadOnlyList<double> Memory, double ForeignPercent)
{
    /// <summary>Where it answered most over the connections of the open loop. Saturation is found over fewer of them.</summary>
    [JsonIgnore]
    public PhaseResult Peak => Ramp.Append(Half).Append(Over).Select(phase => phase.Result).MaxBy(phase => phase.AnsweredPerSecond)!;
}

/// <summary>What one target did in its turns, each at half of saturation.</summary>
internal sealed record TurnResult(string Target, string Version, IReadOnlyList<Turn> Turns);

/// <summary>One of them.</summary>
/// <param name="Facts">Of the part that counts.</param>
/// <param name="ForeignPercent">How much of one CPU programs took that have nothing to do with this target, the others that wait among them.</param>
internal sealed record Turn(PhaseFacts Facts, double ForeignPercent);

/// <summary>A phase, and what was seen beside the load meanwhile.</summary>
/// <param name="Result">What the load found.</param>
/// <param name="CpuPercent">How much of its CPU the server took.</param>
/// <param name="ServerStalls">Of the server's CPU; null where they cannot be seen.</param>
/// <param name="LoadStalls">Of the load's, likewise.</param>
internal sealed record PhaseFacts(PhaseResult Result, double CpuPercent, Stalls? ServerStalls, Stalls? LoadStalls);
