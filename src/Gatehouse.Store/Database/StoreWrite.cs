using System.Data;
using Gatehouse.Store.Operations;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Database;

/// <summary>
/// The ways in which operations write. The usual one is to look, decide and write in one serializable transaction: SQLite has one writer, so the second
/// waits; PostgreSQL breaks off one of two that contradict each other, and that one is done again on what the other left.
/// </summary>
internal static class StoreWrite
{
    private const int MaxAttempts = 10;

    /// <summary>Runs the work and commits what it tracked; a refusal writes nothing.</summary>
    /// <returns>What the work returned; a conflict when others were quicker every time.</returns>
    public static Task<Outcome<T>> WriteAsync<T>(
        this StoreDatabase database, Func<GatehouseDb, Task<Outcome<T>>> work, CancellationToken cancellation)
        where T : class =>
        database.RepeatAsync(() => database.WriteOnceAsync(IsolationLevel.Serializable, work, cancellation), cancellation);

    /// <summary>
    /// As above, for work that is decided by statements that only one can win (an update with a condition, which says how many rows it met):
    /// who is second waits for the first and sees what it did, and those who work on other rows are not disturbed.
    /// </summary>
    public static Task<Outcome<T>> WinAsync<T>(
        this StoreDatabase database, Func<GatehouseDb, Task<Outcome<T>>> work, CancellationToken cancellation)
        where T : class =>
        database.RepeatAsync(() => database.WriteOnceAsync(IsolationLevel.ReadCommitted, work, cancellation), cancellation);

    /// <summary>As <see cref="WinAsync"/>, for work that consists of such statements alone. What ends access is not refused for what others want.</summary>
    public static Task<Outcome<T>> WinByStatementsAsync<T>(
        this StoreDatabase database, Func<StoreConnection, Task<Outcome<T>>> work, CancellationToken cancellation, bool endsAccess = false)
        where T : class =>
        database.Group is { } group ? group.RunAsync(work, outcome => outcome.Succeeded, cancellation, endsAccess)
            : database.RepeatAsync(() => database.RunOnceAsync(work, cancellation), cancellation);

    /// <summary>One statement that writes, which is its own transaction. What ends access is not refused for what others want.</summary>
    public static async Task<T> WriteByStatementAsync<T>(
        this StoreDatabase database, Func<StoreConnection, Task<T>> statement, CancellationToken cancellation, bool endsAccess = false)
    {
        if (database.Group is { } group) return await group.RunAsync(statement, isKept: null, cancellation, endsAccess);
        await using var connection = await database.ConnectAsync(cancellation);
        return await statement(connection);
    }

    /// <summary>Statements of EF Core that are each their own transaction; who only saves need not ask, <see cref="GatehouseDb"/> does.</summary>
    public static async Task<T> WriteInTurnAsync<T>(this StoreDatabase database, Func<GatehouseDb, Task<T>> statements, CancellationToken cancellation)
    {
        using var turn = await database.WaitForTurnAsync(cancellation);
        await using var db = database.Open();
        return await statements(db);
    }

    private static async Task<Outcome<T>> RepeatAsync<T>(this StoreDatabase database, Func<Task<Outcome<T>>> attempt, CancellationToken cancellation)
        where T : class
    {
        for (var number = 0; number < MaxAttempts; number++)
        {
            try
            {
                using var turn = await database.WaitForTurnAsync(cancellation);
                return await attempt();
            }
            catch (Exception exception) when (StoreFault.IsLostRace(exception))
            {
                // Done again on what the quicker one left.
            }
        }
        return Outcome<T>.Conflict("Others are changing the same thing at this moment. Try again.");
    }

    private static async Task<Outcome<T>> WriteOnceAsync<T>(
        this StoreDatabase database, IsolationLevel isolation, Func<GatehouseDb, Task<Outcome<T>>> work, CancellationToken cancellation)
        where T : class
    {
        await using var db = database.Open();
        await using var transaction = await db.Database.BeginTransactionAsync(isolation, cancellation);
        var outcome = await work(db);
        if (!outcome.Succeeded) return outcome;
        await db.SaveChangesAsync(cancellation);
        await transaction.CommitAsync(cancellation);
        return outcome;
    }

    private static async Task<Outcome<T>> RunOnceAsync<T>(
        this StoreDatabase database, Func<StoreConnection, Task<Outcome<T>>> work, CancellationToken cancellation)
        where T : class
    {
        await using var connection = await database.ConnectAsync(cancellation);
        await connection.BeginAsync(IsolationLevel.ReadCommitted, cancellation);
        var outcome = await work(connection);
        if (outcome.Succeeded) await connection.CommitAsync(cancellation);
        return outcome;
    }
}
