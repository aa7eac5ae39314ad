using System.Diagnostics;

namespace Gatehouse.Bench.Harness.Load;

/// <summary>
/// A load that keeps state: as many chains as requests in flight, and each asks again as soon as it was answered, with what the answer gave it.
/// It runs in this process, which <c>bench/bench</c> keeps on the CPU of the load.
/// </summary>
internal static class ClosedLoop
{
    /// <param name="chains">Requests in flight.</param>
    /// <param name="time">When no request begins any more.</param>
    /// <param name="ask">Asks once for one chain, and throws when the answer is wrong; false: there is nothing more to ask.</param>
    public static async Task<Outcome> RunAsync(int chains, TimeSpan time, Func<int, CancellationToken, Task<bool>> ask, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var started = Stopwatch.GetTimestamp();
        var running = Enumerable.Range(0, chains).Select(chain => RunChainAsync(chain, started, time, ask, stop)).ToArray();
        var all = (await Task.WhenAll(running)).SelectMany(times => times).Order().ToArray();
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (all.Length == 0) throw new BenchException("There was nothing to ask.");
        return new Outcome(all.Length, seconds, Failed: 0, all[all.Length / 2], all[all.Length * 99L / 100]);
    }

    // One wrong answer ends the whole run at once.
    private static async Task<List<double>> RunChainAsync(
        int chain, long started, TimeSpan time, Func<int, CancellationToken, Task<bool>> ask, CancellationTokenSource stop)
    {
        var times = new List<double>();
        try
        {
            while (Stopwatch.GetElapsedTime(started) < time)
            {
                var asked = Stopwatch.GetTimestamp();
                if (!await ask(chain, stop.Token)) break;
                times.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            }
            return times;
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }
}
