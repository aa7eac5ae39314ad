using Gatehouse.Bench.Harness.Targets;

namespace Gatehouse.Bench.Harness.Measuring;

/// <summary>All runs of one target with one protocol.</summary>
internal sealed class Result(Target target, string protocol)
{
    public Target Target => target;

    public string Protocol => protocol;

    public List<Sample> Samples { get; } = [];

    public double Median(Func<Sample, double> value)
    {
        var sorted = Samples.Select(value).Order().ToArray();
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    public double Least(Func<Sample, double> value) => Samples.Min(value);

    public double Most(Func<Sample, double> value) => Samples.Max(value);
}
