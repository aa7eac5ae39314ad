using System.Collections.Concurrent;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Store.Registry;

/// <summary>
/// The node's applications: bounded, loaded on miss, forgotten when the change feed says so. What is in memory keeps working while the store is
/// away. Absent ids are remembered apart, so that a flood of invented ids cannot push real applications out.
/// </summary>
public sealed partial class ApplicationRegistry(StoreDatabase database, ILogger<ApplicationRegistry> log)
{
    private const int AbsentCapacity = 10_000;

    private readonly GenerationCache<string, RegisteredApplication> _found = new(database.Options.RememberedApplications, StringComparer.Ordinal);
    private readonly GenerationCache<string, bool> _absent = new(AbsentCapacity, StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task<Lookup<RegisteredApplication>>> _loading = new(StringComparer.Ordinal);
    private readonly Lock _invalidation = new();
    private long _version;

    public bool TryGet(string clientId, out RegisteredApplication application) => _found.TryGet(clientId, out application);

    public ValueTask<Lookup<RegisteredApplication>> FindAsync(string clientId)
    {
        if (_found.TryGet(clientId, out var application)) return new(Lookup<RegisteredApplication>.Found(application));
        if (!CanExist(clientId) || _absent.TryGet(clientId, out _)) return new(Lookup<RegisteredApplication>.Absent);
        return new(LoadOnceAsync(clientId));
    }

    internal void Forget(string clientId)
    {
        lock (_invalidation)
        {
            _version++;
            _found.Remove(clientId);
            _absent.Remove(clientId);
            _loading.TryRemove(clientId, out _); // Who asks from now on starts a load that sees the change.
        }
    }

    internal void ForgetAll()
    {
        lock (_invalidation)
        {
            _version++;
            _found.Clear();
            _absent.Clear();
            _loading.Clear();
        }
    }

    // RFC 6749 §A.1: visible ASCII and blanks. Anything else needs no memory and no database; PostgreSQL fails on NUL, which would read as unknown.
    private static bool CanExist(string clientId) =>
        clientId.Length is > 0 and <= Application.MaxClientIdLength && clientId.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0;

    private async Task<Lookup<RegisteredApplication>> LoadOnceAsync(string clientId)
    {
        var started = new TaskCompletionSource<Lookup<RegisteredApplication>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = _loading.GetOrAdd(clientId, started.Task);
        if (running != started.Task) return await running;
        try
        {
            started.SetResult(await LoadAsync(clientId));
        }
        catch (Exception exception)
        {
            started.SetException(exception); // Everybody who waits must hear of it.
        }
        finally
        {
            _loading.TryRemove(new(clientId, started.Task));
        }
        return await started.Task;
    }

    private async Task<Lookup<RegisteredApplication>> LoadAsync(string clientId)
    {
        var version = Volatile.Read(ref _version);
        Application? row;
        try
        {
            await using var connection = await database.ConnectAsync(CancellationToken.None);
            row = await ApplicationStatement.ReadAsync(connection, clientId);
        }
        catch (Exception exception) when (StoreFault.IsAway(exception))
        {
            LogStoreAway(exception);
            return Lookup<RegisteredApplication>.Unknown;
        }
        var loaded = row is null ? null : new RegisteredApplication(row);
        lock (_invalidation)
        {
            // When a change came while this was loading, the answer may be older than it: use it once, do not remember it.
            if (version == _version)
            {
                if (loaded is null) _absent.Set(clientId, true);
                else _found.Set(clientId, loaded);
            }
        }
        return loaded is null ? Lookup<RegisteredApplication>.Absent : Lookup<RegisteredApplication>.Found(loaded);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The store could not be asked for an application.")]
    private partial void LogStoreAway(Exception exception);
}
