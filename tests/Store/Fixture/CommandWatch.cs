using System.Data.Common;
using Gatehouse.Store.Database;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Gatehouse.Tests.Store.Fixture;

/// <summary>Counts the commands that reach the database.</summary>
internal sealed class CommandMeter : DbCommandInterceptor, IStatementWatch
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _count);
        return ValueTask.FromResult(result);
    }

    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        Interlocked.Increment(ref _count);
        return ValueTask.FromResult(result);
    }

    public ValueTask ExecutingAsync(DbCommand command)
    {
        Interlocked.Increment(ref _count);
        return default;
    }
}

/// <summary>How SQLite means to run what it is asked.</summary>
internal sealed class QueryPlan : IInterceptor, IStatementWatch
{
    public List<string> Steps { get; } = [];

    public async ValueTask ExecutingAsync(DbCommand command)
    {
        var asked = command.CommandText;
        command.CommandText = "EXPLAIN QUERY PLAN " + asked;
        await using (var reader = await command.ExecuteReaderAsync())
            while (await reader.ReadAsync()) Steps.Add(reader.GetString(3));
        command.CommandText = asked;
    }
}

/// <summary>Holds the first query between its execution and the reading of its answer, which is therefore as old as the hold.</summary>
internal sealed class HeldQuery : IInterceptor, IStatementWatch
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _queries;

    public Task Reached => _reached.Task;

    public void Release() => _released.TrySetResult();

    public async ValueTask ExecutedAsync()
    {
        if (Interlocked.Increment(ref _queries) > 1) return;
        _reached.TrySetResult();
        await _released.Task;
    }
}

/// <summary>Refuses connections for as long as the test says.</summary>
internal sealed class Outage : DbConnectionInterceptor, IStatementWatch
{
    private readonly TaskCompletionSource _refused = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _isAway;

    /// <summary>Completes when a connection has been refused.</summary>
    public Task Refused => _refused.Task;

    public void Begin() => _isAway = true;

    public void End() => _isAway = false;

    public override async ValueTask<InterceptionResult> ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        await OpeningAsync();
        return result;
    }

    public ValueTask OpeningAsync()
    {
        if (!_isAway) return default;
        _refused.TrySetResult();
        throw new TimeoutException("The database is away.");
    }
}

/// <summary>Lets something happen before each statement that changes rows of a table.</summary>
internal sealed class SlowStatement(string table, Action happens) : DbCommandInterceptor, IStatementWatch
{
    public int Seen { get; private set; }

    public override async ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        await ExecutingAsync(command);
        return result;
    }

    public ValueTask ExecutingAsync(DbCommand command)
    {
        if (!command.CommandText.StartsWith($"UPDATE \"{table}\"", StringComparison.Ordinal)) return default;
        Seen++;
        happens();
        return default;
    }
}

/// <summary>Lets something happen before the commit with this number, counted from one.</summary>
internal sealed class SlowCommit(int number, Action happens) : DbTransactionInterceptor, IStatementWatch
{
    private int _commits;

    public override async ValueTask<InterceptionResult> TransactionCommittingAsync(
        DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
    {
        await CommittingAsync();
        return result;
    }

    public ValueTask CommittingAsync()
    {
        if (Interlocked.Increment(ref _commits) == number) happens();
        return default;
    }
}

/// <summary>Fails the next query that reads a table.</summary>
internal sealed class FailingQuery(string table) : DbCommandInterceptor, IStatementWatch
{
    private int _failures;

    public void Arm() => Volatile.Write(ref _failures, 1);

    public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        await ExecutingAsync(command);
        return result;
    }

    public ValueTask ExecutingAsync(DbCommand command) =>
        command.CommandText.Contains($"\"{table}\"", StringComparison.Ordinal) && Interlocked.Exchange(ref _failures, 0) == 1
            ? throw new TimeoutException("The database is away.")
            : default;
}

/// <summary>Fails every save that would insert into a table.</summary>
internal sealed class FailingWrite(string table) : SaveChangesInterceptor, IStatementWatch
{
    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default) =>
        eventData.Context!.ChangeTracker.Entries().Any(entry => entry.Metadata.GetTableName() == table)
            ? throw new TimeoutException("The database is away.")
            : ValueTask.FromResult(result);

    public ValueTask ExecutingAsync(DbCommand command) =>
        command.CommandText.StartsWith($"INSERT INTO \"{table}\"", StringComparison.Ordinal) ? throw new TimeoutException("The database is away.") : default;
}
