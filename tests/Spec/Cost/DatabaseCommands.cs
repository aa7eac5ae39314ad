using System.Diagnostics;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Gatehouse.Tests.Spec.Cost;

/// <summary>Counts the commands that this process sends to any database, for as long as it is not disposed of.</summary>
internal sealed class DatabaseCommands : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly List<IDisposable> _subscriptions = [];
    private int _count;

    public DatabaseCommands() => _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

    public int Count => Volatile.Read(ref _count);

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Gatehouse.Store") _subscriptions.Add(value.Subscribe(this));
        if (value.Name == "Microsoft.EntityFrameworkCore") _subscriptions.Add(value.Subscribe(this, name => name == RelationalEventId.CommandExecuting.Name));
    }

    public void OnNext(KeyValuePair<string, object?> value) => Interlocked.Increment(ref _count);

    public void OnCompleted()
    {
        // Nothing ends before the process does.
    }

    public void OnError(Exception error) => throw new InvalidOperationException("Commands cannot be counted.", error);

    public void Dispose()
    {
        foreach (var subscription in _subscriptions) subscription.Dispose();
    }
}
