using System.Data.Common;
using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Gatehouse.Store.Database;

/// <summary>What an exception of the database layers means; EF Core and Npgsql wrap them differently from call to call.</summary>
public static class StoreFault
{
    /// <summary>The store could not be asked, or broke off.</summary>
    public static bool IsAway(Exception exception) =>
        exception is DbException or DbUpdateException or InvalidOperationException or TimeoutException or IOException or SocketException;

    /// <summary>Another transaction was quicker: done again, the work sees what that one did.</summary>
    public static bool IsLostRace(Exception exception) => Chain(exception).Any(link =>
        link is DbUpdateConcurrencyException
            or PostgresException
            {
                SqlState: PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
                    or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation,
            });

    /// <summary>The exception and everything it wraps, outermost first.</summary>
    public static IEnumerable<Exception> Chain(Exception exception)
    {
        for (var link = exception; link is not null; link = link.InnerException) yield return link;
    }
}
