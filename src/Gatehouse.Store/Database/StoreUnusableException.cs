using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Gatehouse.Store.Database;

/// <summary>The store cannot be used; the message is one line that says what to do.</summary>
public sealed class StoreUnusableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Whether <see cref="Explain"/> has words for it; anything else is a fault of the program.</summary>
    internal static bool CanExplain(Exception exception) =>
        StoreFault.IsAway(exception) || exception is ArgumentException or FormatException or UnauthorizedAccessException;

    internal static StoreUnusableException Explain(Exception exception) => new(
        StoreFault.Chain(exception).Select(Sentence).FirstOrDefault(sentence => sentence is not null)
            ?? $"The database cannot be prepared: {exception.GetBaseException().Message.ReplaceLineEndings(" ")}",
        exception);

    private const int ReadOnlyFileSystem = 30; // EROFS, which .NET hands on as it is.

    private static string? Sentence(Exception exception) => exception switch
    {
        SqliteException { SqliteErrorCode: 11 or 26 } =>
            "The database file is damaged or half-written. Restore a backup, or move the file away to start anew.",
        SqliteException { SqliteErrorCode: 8 or 14 } or UnauthorizedAccessException or DirectoryNotFoundException or FileNotFoundException
            or IOException { HResult: ReadOnlyFileSystem } =>
            "The database file cannot be opened for writing. Check that the folder exists and that this user may write to it.",
        SqliteException { SqliteErrorCode: 13 } => "The disk of the database file is full. Free some space.",
        SqliteException { SqliteErrorCode: 5 or 6 } => "The database file is in use by another program. End it first; SQLite serves one node.",
        PostgresException { SqlState: "28P01" or "28000" } =>
            "PostgreSQL refuses the user or password of the connection string. Correct Store:ConnectionString.",
        PostgresException { SqlState: "3D000" } => "The PostgreSQL database does not exist. Create it, or correct Store:ConnectionString.",
        PostgresException { SqlState: "42501" } =>
            "The PostgreSQL user may not create tables. Make it the owner of the database, or grant it CREATE on the schema.",
        PostgresException refusal => $"PostgreSQL cannot serve: {refusal.MessageText.ReplaceLineEndings(" ")} ({refusal.SqlState}).",
        NpgsqlException or SocketException =>
            "PostgreSQL cannot be reached. Check that it runs and that Store:ConnectionString names its host and port.",
        ArgumentException or FormatException => "The connection string cannot be read. Correct Store:ConnectionString.",
        _ => null,
    };
}
