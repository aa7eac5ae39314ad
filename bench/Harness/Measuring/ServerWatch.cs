using System.Diagnostics;
using Gatehouse.Bench.Harness.Load.Open;
using Gatehouse.Bench.Harness.Machine;

namespace Gatehouse.Bench.Harness.Measuring;

/// <summary>Looks twice a second at the memory and the CPU time of a server that another process asks.</summary>
internal sealed class ServerWatch(int processId)
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);

    private readonly List<Look> _looks = [];

    // Found once: to look through all processes takes 10 ms, in which the load would answer nobody.
    private readonly IReadOnlyList<int> _members = ProcessTree.Members(processId);

    /// <summary>RSS in mebibytes, one look after the other.</summary>
    public IReadOnlyList<double> Memory => [.. _looks.Select(look => look.Resident)];

    public async Task RunAsync(CancellationToken end)
    {
        using var timer = new PeriodicTimer(BetweenLooks);
        try
        {
            do Add();
            while (await timer.WaitForNextTickAsync(end));
        }
        catch (OperationCanceledException)
        {
            Add();
        }
    }

    /// <summary>How much of one CPU it took in a phase, between the looks that lie within.</summary>
    public double CpuPercent(PhaseResult phase)
    {
        var within = _looks.Where(look => look.At >= phase.Start && look.At < phase.End).ToList();
        if (within.Count < 2) return 0;
        return (within[^1].CpuSeconds - within[0].CpuSeconds) / Stopwatch.GetElapsedTime(within[0].At, within[^1].At).TotalSeconds * 100;
    }

    private void Add()
    {
        var (cpuSeconds, resident) = ProcessTree.Look(_members);
        _looks.Add(new Look(Stopwatch.GetTimestamp(), resident, cpuSeconds));
    }

    private sealed record Look(long At, double Resident, double CpuSeconds);
}
