using System.Text.Json.Serialization;

namespace Gatehouse.Bench.Harness.Measuring;

/// <summary>What <c>bench/bench load</c> was asked for.</summary>
/// <param name="Job">As in <see cref="Targets.Jobs"/>.</param>
/// <param name="HalfSeconds">How long half of saturation lasts.</param>
/// <param name="OverSeconds">How long the load beyond capacity lasts.</param>
/// <param name="Times">How many times saturation that is.</param>
/// <param name="Connections">Of the open loop.</param>
/// <param name="Patience">Milliseconds for which a request waits for a free connection.</param>
internal sealed record LoadOptions(string Job, int HalfSeconds, int OverSeconds, double Times, int Connections, int Patience)
{
    /// <summary>How much of saturation the first and the last phase have.</summary>
    public const double Half = 0.5;

    /// <summary>How much of it a quiet server has to do.</summary>
    public const double Quarter = 0.25;

    /// <summary>How long a quarter of saturation lasts.</summary>
    public const int QuarterSeconds = 60;

    /// <summary>Half of saturation before what counts: the generator's code is compiled meanwhile.</summary>
    public const int SettleSeconds = 8;

    /// <summary>Half of saturation after the overload.</summary>
    public const int AfterSeconds = 15;

    /// <summary>Closed loops of as many seconds, of which the best is saturation.</summary>
    public const int SaturationRuns = 3;
}

/// <summary>What one target did.</summary>
/// <param name="Saturation">Answers per second of the best closed loop.</param>
/// <param name="Quarter">At a quarter of it.</param>
/// <param name="Half">At half of it.</param>
/// <param name="Over">Beyond it.</param>
/// <param name="After">At half of it, at once after that.</param>
/// <param name="RecoveryMilliseconds">From the end of the overload until a tenth of a second has a p99 of at most twice that of before, with every request answered; null: not within the phase.</param>
/// <param name="Memory">RSS in mebibytes, twice a second over all phases.</param>
/// <param name="Stalls">Of the machine, one of its CPUs after the other; null where they cannot be seen.</param>
/// <param name="ForeignPercent">How much of one CPU programs took that have nothing to do with the run.</param>
internal sealed record LoadResult(
    string Target, string Version, double Saturation, Load.Open.PhaseResult Quarter, Load.Open.PhaseResult Half, Load.Open.PhaseResult Over,
    Load.Open.PhaseResult After, double? RecoveryMilliseconds, IReadOnlyList<double> Memory,
    [property: JsonIgnore] IReadOnlyList<IReadOnlyList<Machine.Stall>>? Stalls, double ForeignPercent);
