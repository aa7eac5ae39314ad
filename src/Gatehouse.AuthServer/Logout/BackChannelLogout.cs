using System.Collections.Concurrent;
using Gatehouse.AuthServer.Issuing;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Recording;
using Gatehouse.Store.Registry;
using Gatehouse.Store.Sessions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Gatehouse.AuthServer.Logout;

/// <summary>
/// Tells applications that a session has ended (OpenID Connect Back-Channel Logout §2.5): reads the outbox, behind every sign-out's back, and
/// tries again with growing pauses. An application that does not answer holds up a few of the places, and nobody else's.
/// </summary>
public sealed partial class BackChannelLogout(
    LogoutOutbox outbox, ApplicationRegistry applications, LogoutTokenIssuer tokens, LogoutPosts posts, ProblemRecorder problems, TimeProvider clock,
    ILogger<BackChannelLogout> log) : BackgroundService
{
    private const int MaxAtOnce = 32;
    private const int MaxPerApplication = 4;
    private const int BatchSize = 4;

    // How long a notice that another node wrote waits at most.
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<ClaimedNotice, Task> _running = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await outbox.WaitAsync(LookInterval, stoppingToken);
                while (await BeginSomeAsync(stoppingToken)) stoppingToken.ThrowIfCancellationRequested();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception) when (StoreFault.IsAway(exception))
            {
                LogOutboxAway(exception);
            }
        }
        await Task.WhenAll(_running.Values); // Each ends within seconds.
    }

    /// <returns>True when there may be more.</returns>
    private async Task<bool> BeginSomeAsync(CancellationToken cancellation)
    {
        var free = Math.Min(BatchSize, MaxAtOnce - _running.Count);
        if (free <= 0) return false;
        var busy = _running.Keys.GroupBy(notice => notice.ApplicationId).Where(group => group.Count() >= MaxPerApplication).Select(group => group.Key).ToList();
        var claimed = await outbox.ClaimAsync(free, busy, cancellation);
        foreach (var notice in claimed)
        {
            var started = new TaskCompletionSource();
            _running[notice] = started.Task;
            _ = DeliverAsync(notice, started);
        }
        return claimed.Count > 0;
    }

    // Nothing stops it half way: what a stopped node leaves is tried by the next one when the claim has run out.
    private async Task DeliverAsync(ClaimedNotice notice, TaskCompletionSource done)
    {
        try
        {
            await DeliverAsync(notice);
        }
        catch (Exception exception)
        {
            LogBrokenOff(exception, notice.ClientId); // Nobody awaits this; the claim runs out.
        }
        finally
        {
            _running.TryRemove(notice, out _);
            done.SetResult();
        }
    }

    private async Task DeliverAsync(ClaimedNotice notice)
    {
        var found = await applications.FindAsync(notice.ClientId);
        if (!found.IsKnown) throw new TimeoutException("The store did not answer.");
        if (found.Value is not { BackchannelLogoutUri: { Length: > 0 } uri } application)
        {
            await outbox.CloseAsync(notice, CancellationToken.None); // It was deleted, or does not want to be told any more.
            return;
        }
        var token = await tokens.MintAsync(application, notice.UserId, notice.SessionId, CancellationToken.None);
        if (await posts.SendAsync(uri, token, CancellationToken.None) is not { } fault)
        {
            await outbox.CloseAsync(notice, CancellationToken.None);
            LogDelivered(notice.ClientId, notice.Attempt);
            return;
        }
        Report(notice, fault, await outbox.PostponeAsync(notice, CancellationToken.None));
    }

    private void Report(ClaimedNotice notice, string fault, TimeSpan? pause)
    {
        var traceId = TraceId.New();
        LogFailed(notice.ClientId, fault, notice.Attempt, traceId);
        // The owner hears of the first failure and of the end; what lies between is the same again.
        if (notice.Attempt > 1 && pause is not null) return;
        problems.Record(new Problem
        {
            ApplicationId = notice.ApplicationId, At = clock.GetUtcNow(), TraceId = traceId,
            Code = pause is null ? "logout_given_up" : "logout_not_delivered",
            Cause = $"A session ended and the application could not be told: {fault} "
                + (pause is { } wait ? $"It is tried again in {wait.TotalSeconds:0} seconds, and with growing pauses for an hour." : "It is not tried any more."),
        });
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Application {ClientId} was told of the end of a session, at attempt {Attempt}.")]
    private partial void LogDelivered(string clientId, int attempt);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Application {ClientId} could not be told of the end of a session: {Fault} Attempt {Attempt}, trace {TraceId}.")]
    private partial void LogFailed(string clientId, string fault, int attempt, string traceId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Application {ClientId} could not be told of the end of a session; it is tried again when the claim has run out.")]
    private partial void LogBrokenOff(Exception exception, string clientId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The notices about sessions that ended cannot be read; they wait.")]
    private partial void LogOutboxAway(Exception exception);
}
