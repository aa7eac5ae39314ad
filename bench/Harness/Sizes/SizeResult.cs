namespace Gatehouse.Bench.Harness.Sizes;

/// <summary>One run.</summary>
/// <param name="CpuMicros">CPU time of the node for each answered request.</param>
/// <param name="StoreMicros">The same of PostgreSQL, which runs on the other CPU; 0 for SQLite, which is within the node.</param>
/// <param name="P50">Milliseconds at saturation, as <paramref name="P99"/>.</param>
/// <param name="ForeignPercent">How much of one CPU programs took that have nothing to do with the run.</param>
internal sealed record SizeSample(
    long Answered, double CpuMicros, double StoreMicros, double PerSecond, double P50, double P99, double ResidentMegabytes, double ForeignPercent);

/// <summary>All runs of one installation with one job and one pattern of access.</summary>
internal sealed class SizeResult(Size size, string job, string access, IReadOnlyList<double> starts)
{
    public Size Size => size;

    public string Job => job;

    public string Access => access;

    /// <summary>Seconds from the start of the process to the first token, one for each start.</summary>
    public IReadOnlyList<double> Starts => starts;

    public List<SizeSample> Samples { get; } = [];

    public double Median(Func<SizeSample, double> value) => MedianOf([.. Samples.Select(value)]);

    public static double MedianOf(IReadOnlyList<double> values)
    {
        var sorted = values.Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }
}
