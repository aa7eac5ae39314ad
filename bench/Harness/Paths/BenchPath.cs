using Gatehouse.Bench.Harness.Load;

namespace Gatehouse.Bench.Harness.Paths;

/// <summary>One way through one server: what is prepared, what is asked, and what a right answer is.</summary>
internal abstract class BenchPath
{
    /// <summary>Once, when the server runs: obtains what the first request needs.</summary>
    public abstract Task PrepareAsync(CancellationToken cancellation);

    /// <summary>Asks for everything that counts. A server that answers wrongly, or lets pass what it must refuse, is not measured.</summary>
    public abstract Task ProbeAsync(CancellationToken cancellation);

    /// <summary>Before each run, and not measured: makes what the run uses up.</summary>
    public virtual Task ReadyAsync(LoadPlan plan, int seconds, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>What is measured.</summary>
    public abstract Task<Outcome> RunAsync(LoadPlan plan, int seconds, CancellationToken cancellation);
}
