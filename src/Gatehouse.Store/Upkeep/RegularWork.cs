using Microsoft.Extensions.Hosting;

namespace Gatehouse.Store.Upkeep;

/// <summary>What a node does by itself at an interval. All of it is done by one thread, one thing at a time, which answers no request.</summary>
/// <param name="interval">Between two beginnings, and before the first; one that takes longer is followed by the next at once.</param>
/// <param name="clock">Whose time that is.</param>
public abstract class RegularWork(TimeSpan interval, TimeProvider clock) : BackgroundService
{
    private static readonly OwnThread Thread = new("Gatehouse upkeep", OwnThread.Idle);

    protected TimeProvider Clock => clock;

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, clock);
        await Thread.RunAsync(async () =>
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await WorkAsync(stoppingToken);
        });
    }

    /// <summary>Once. What it throws ends the node.</summary>
    protected abstract Task WorkAsync(CancellationToken stoppingToken);
}
