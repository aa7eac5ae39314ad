namespace Gatehouse.Bench.Harness.Measuring;

/// <summary>One run of one target.</summary>
/// <param name="CpuMicros">CPU time of the target's processes for each answered request: the figure to compare.</param>
/// <param name="PerSecond">Answered requests per second.</param>
/// <param name="P50">Milliseconds at saturation, as <paramref name="P99"/>.</param>
/// <param name="ServerPercent">How much of its CPU the target had; far below 100 the load's CPU was the bottleneck.</param>
/// <param name="ForeignPercent">How much of one CPU programs took that have nothing to do with the run.</param>
/// <param name="StolenPercent">How much of one CPU the host took from this machine.</param>
internal sealed record Sample(
    double CpuMicros, double PerSecond, double P50, double P99, double ServerPercent, double ForeignPercent, double StolenPercent, double ResidentMegabytes);
