using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Gatehouse.Store.Database;

/// <summary>What an exception out of the store means to the one who asked.</summary>
public enum StoreFault
{
    /// <summary>It is not the store's.</summary>
    None,

    /// <summary>Somebody else wrote the same thing first (a key that is taken, a serialization failure): read again, then retry.</summary>
    Collision,

    /// <summary>The store cannot be asked at the moment: 503, never a verdict.</summary>
    Away,
}

/// <summary>Tells the faults of both databases apart, so that nobody outside the store needs to know their codes.</summary>
public static class StoreFaults
{
    private const int SqliteConstraint = 19;

    public static StoreFault Classify(Exception exception) => exception switch
    {
        DbUpdateConcurrencyException => StoreFault.Collision,
        PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected } => StoreFault.Collision,
        SqliteException { SqliteErrorCode: SqliteConstraint } => StoreFault.Collision,
        DbException => StoreFault.Away,
        { InnerException: { } inner } when exception is DbUpdateException or InvalidOperationException => Classify(inner),
        _ => StoreFault.None,
    };
}
