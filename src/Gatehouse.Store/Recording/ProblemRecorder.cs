using System.Threading.Channels;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Upkeep;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Store.Recording;

/// <summary>
/// Writes the exact causes of refused requests for the application's owner, behind the request's back: a request never waits for it, and
/// under a flood the newest are dropped rather than memory grown.
/// </summary>
public sealed partial class ProblemRecorder(StoreDatabase database, ILogger<ProblemRecorder> log) : BackgroundService
{
    /// <summary>How many problems of an application are kept: the newest.</summary>
    public const int KeptPerApplication = 50;

    private const int MaxBatch = 200;

    private readonly Channel<Problem> _waiting = Channel.CreateBounded<Problem>(
        new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public void Record(Problem problem) => _waiting.Writer.TryWrite(problem);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // EF Core compiles for the first ones, which anybody can cause, and they are committed: not where requests are answered.
        await new OwnThread("Gatehouse problems").RunAsync(async () =>
        {
            // A batch is out of the queue when it is written, so a stop does not break it off.
            while (await _waiting.Reader.WaitToReadAsync(stoppingToken)) await WriteAsync();
        });
    }

    /// <summary>Ends, and writes what the last requests left, also when it was stopped before it began.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        while (!cancellationToken.IsCancellationRequested && _waiting.Reader.TryPeek(out _)) await WriteAsync();
    }

    private async Task WriteAsync()
    {
        var batch = new List<Problem>();
        while (batch.Count < MaxBatch && _waiting.Reader.TryRead(out var problem)) batch.Add(problem);
        if (batch.Count == 0) return;
        try
        {
            await using var db = database.Open();
            var concerned = batch.Select(problem => problem.ApplicationId).Distinct().ToList();
            var existing = await db.Applications.Where(row => concerned.Contains(row.Id)).Select(row => row.Id).ToListAsync();
            db.Problems.AddRange(batch.Where(problem => existing.Contains(problem.ApplicationId)));
            await db.SaveChangesAsync();
            foreach (var applicationId in existing)
            {
                await database.WriteInTurnAsync(open => open.Problems.Where(row => row.ApplicationId == applicationId)
                    .OrderByDescending(row => row.At).ThenByDescending(row => row.Id).Skip(KeptPerApplication).ExecuteDeleteAsync(), CancellationToken.None);
            }
        }
        catch (Exception exception) when (StoreFault.IsAway(exception))
        {
            LogLost(exception, batch.Count);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} problems could not be written for the owners of applications; they stand in this log.")]
    private partial void LogLost(Exception exception, int count);
}
