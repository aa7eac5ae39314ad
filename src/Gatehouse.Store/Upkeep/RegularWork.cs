using Gatehouse.Store.Database;
using Microsoft.Extensions.Hosting;

namespace Gatehouse.Store.Upkeep;

/// <summary>
/// What a node does by itself at an interval. All of it is done by one thread, which answers no request; where one waits, another goes on.
/// </summary>
/// <param name="interval">Between two beginnings, and before the first; one that takes longer is followed by the next at once.</param>
/// <param name="clock">Whose time that is.</param>
public abstract class RegularWork(TimeSpan interval, TimeProvider clock) : BackgroundService
{
    protected TimeProvider Clock => clock;

    /// <summary>Whether what is left is done when the node stops, also when it was stopped before it began.</summary>
    protected virtual bool IsDoneAtTheEnd => false;

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (IsDoneAtTheEnd) await OnceAsync(cancellationToken);
    }

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, clock);
        await OwnThread.Upkeep.RunAsync(async () =>
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await OnceAsync(stoppingToken);
        });
    }

    /// <summary>When the store is away that is told, and the next time tries again.</summary>
    protected async Task OnceAsync(CancellationToken cancellation)
    {
        try
        {
            await WorkAsync(cancellation);
        }
        catch (Exception exception) when (StoreFault.IsAway(exception))
        {
            TellDelayed(exception);
        }
    }

    /// <summary>
    /// Once. What computes for long between two awaits delays the others, which may hold what requests wait for: EF Core's first queries are the most that
    /// there is. What it throws ends the node.
    /// </summary>
    protected abstract Task WorkAsync(CancellationToken cancellation);

    protected abstract void TellDelayed(Exception exception);
}
