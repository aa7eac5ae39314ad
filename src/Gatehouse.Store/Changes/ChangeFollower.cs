using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Registry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Gatehouse.Store.Changes;

/// <summary>
/// Follows the change feed and keeps this node's registry true. Woken by this node's own commits, on PostgreSQL by NOTIFY, and in any case
/// twice a second, so that a lost wake-up costs half of the promised second and nothing else.
/// </summary>
public sealed partial class ChangeFollower(
    StoreDatabase database, ApplicationRegistry applications, ApiCatalog apis, RevokedTokens revokedTokens, VerificationKeys keys,
    ChangeDelay delay, TimeProvider clock, ILogger<ChangeFollower> log) : BackgroundService
{
    public const string NotifyChannel = "gatehouse_changes";

    private static readonly TimeSpan PruneInterval = TimeSpan.FromMinutes(10);

    private readonly ChangeTail _tail = new(database);

    /// <summary>How long a look at the feed waits for the bell at most.</summary>
    internal TimeSpan PollInterval { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How long the listener waits before it connects anew.</summary>
    internal TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(1);

    // Set while rows were read but not applied yet: they are not delivered again, so a fault in between means a reload.
    private bool _mustReload;

    /// <summary>Loads, then follows. The node answers requests only after this.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LoadAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Takes a place in the feed, then loads: what changes in between is seen again.</summary>
    internal async Task LoadAsync(CancellationToken cancellation)
    {
        await _tail.StartAsync(cancellation);
        await ReloadAsync(cancellation);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var listening = database.Options.Provider == StoreProvider.PostgreSql ? ListenAsync(stoppingToken) : Task.CompletedTask;
        var pruned = clock.GetTimestamp();
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await database.Signal.WaitAsync(PollInterval, stoppingToken);
                await FollowAsync(stoppingToken);
                if (clock.GetElapsedTime(pruned) < PruneInterval) continue;
                pruned = clock.GetTimestamp();
                revokedTokens.Prune();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                // Whatever it was: a node that no longer looks would honour revoked tokens for ever. The place in the feed is kept.
                LogFeedAway(exception);
            }
        }
        await listening;
    }

    internal async Task FollowAsync(CancellationToken cancellation)
    {
        var changes = await _tail.ReadAsync(cancellation);
        if (changes is null || _mustReload)
        {
            _mustReload = true;
            await ReloadAsync(cancellation);
            _mustReload = false;
            return;
        }
        if (changes.Count == 0) return;
        _mustReload = true;
        foreach (var change in changes.Where(change => change.Kind == ChangeKind.Application)) applications.Forget(change.Subject);
        var revoked = changes.Where(change => change.Kind == ChangeKind.RevokedToken).Select(change => change.Subject).ToList();
        if (revoked.Count > 0) await revokedTokens.AddAsync(revoked, cancellation);
        if (changes.Any(change => change.Kind == ChangeKind.Api)) await apis.ReloadAsync(cancellation);
        if (changes.Any(change => change.Kind == ChangeKind.SigningKey)) await keys.ReloadAsync(cancellation);
        _mustReload = false;
        var now = clock.GetUtcNow();
        foreach (var change in changes) delay.Record(now - change.At);
    }

    private async Task ReloadAsync(CancellationToken cancellation)
    {
        applications.ForgetAll();
        await revokedTokens.ReloadAsync(cancellation);
        await apis.ReloadAsync(cancellation);
        await keys.ReloadAsync(cancellation);
    }

    private async Task ListenAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await using var connection = new NpgsqlConnection(database.Options.ConnectionString);
                connection.Notification += (_, _) => database.Signal.Ring();
                await connection.OpenAsync(cancellation);
                await using (var listen = new NpgsqlCommand($"LISTEN {NotifyChannel}", connection)) await listen.ExecuteNonQueryAsync(cancellation);
                database.Signal.Ring(); // What was written while nobody listened.
                while (true) await connection.WaitAsync(cancellation);
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (StoreFault.IsAway(exception))
            {
                LogListenerAway(exception);
                await WaitForRetryAsync(cancellation);
            }
        }
    }

    private async Task WaitForRetryAsync(CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(RetryInterval, clock, cancellation);
        }
        catch (OperationCanceledException)
        {
            // Stopping: the loop above sees it.
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The change feed cannot be read; revocations do not reach this node until it can.")]
    private partial void LogFeedAway(Exception exception);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The change feed's listener lost its connection; polling goes on meanwhile.")]
    private partial void LogListenerAway(Exception exception);
}
