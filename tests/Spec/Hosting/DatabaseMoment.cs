using System.Data.Common;
using System.Diagnostics;
using Gatehouse.Store.Database;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Gatehouse.Tests.Spec.Hosting;

/// <summary>
/// Lets something happen once, between the execution of a command that holds a text and the reading of its answer: whoever sent it goes on
/// with what was true before.
/// </summary>
internal sealed class DatabaseMoment : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private readonly List<IDisposable> _subscriptions = [];
    private readonly string _file;
    private readonly string _text;
    private readonly Func<Task> _happens;
    private int _waits = 1;

    public DatabaseMoment(StoreDatabase database, string text, Func<Task> happens)
    {
        (_file, _text, _happens) = (new SqliteConnectionStringBuilder(database.Options.ConnectionString).DataSource, text, happens);
        _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    public bool HasCome => Volatile.Read(ref _waits) == 0;

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == "Gatehouse.Store") _subscriptions.Add(value.Subscribe(this));
        if (value.Name == "Microsoft.EntityFrameworkCore") _subscriptions.Add(value.Subscribe(this, name => name == RelationalEventId.CommandExecuted.Name));
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        // Tests of other nodes run in this process at the same time.
        var command = value.Value as DbCommand ?? (value.Value as CommandExecutedEventData)?.Command;
        if (command?.Connection?.DataSource != _file || !command.CommandText.Contains(_text, StringComparison.Ordinal) || Interlocked.Exchange(ref _waits, 0) == 0) return;
        Task.Run(_happens).GetAwaiter().GetResult();
    }

    public void OnCompleted()
    {
        // Nothing ends before the process does.
    }

    public void OnError(Exception error) => throw new InvalidOperationException("Commands cannot be seen.", error);

    public void Dispose()
    {
        foreach (var subscription in _subscriptions) subscription.Dispose();
    }
}
