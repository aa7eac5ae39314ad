using System.Data;
using System.Security.Cryptography;
using Gatehouse.Store.Secrets;

namespace Gatehouse.Store.Database;

/// <summary>A sealed value that shows whether a key-encryption key is the one that the database was written with.</summary>
internal static class KeyProof
{
    private const string Name = "key-proof";

    /// <summary>Refuses another key, and sealed values without a proof; an empty database needs none yet.</summary>
    public static async Task CheckAsync(StoreConnection connection, KeyEncryptionKey key, CancellationToken cancellation)
    {
        if (await FindAsync(connection, cancellation) is { } proof) Check(proof, key);
        else if (await connection.FindAsync("""SELECT EXISTS (SELECT 1 FROM "SigningKeys") OR EXISTS (SELECT 1 FROM "ApplicationSecrets")""", row => row.Flag(0), cancellation))
            throw new StoreUnusableException("The database is half-written: its key proof is missing. Restore a backup.");
    }

    /// <summary>Writes the proof into a new database, or checks the one that another node wrote meanwhile; so it is known that one can write.</summary>
    public static async Task EnsureAsync(StoreDatabase database, KeyEncryptionKey key, CancellationToken cancellation)
    {
        using var turn = await database.WaitForTurnAsync(cancellation);
        await using var connection = await database.ConnectAsync(cancellation);
        await connection.BeginAsync(IsolationLevel.ReadCommitted, cancellation);
        await connection.ExecuteAsync(
            """INSERT INTO "Settings" ("Name", "Value") VALUES (@0, @1) ON CONFLICT DO NOTHING""", cancellation, Name, key.Seal(Name, Name, [1]));
        Check((await FindAsync(connection, cancellation))!, key);
        await connection.CommitAsync(cancellation);
    }

    private static Task<byte[]?> FindAsync(StoreConnection connection, CancellationToken cancellation) =>
        connection.FindAsync("""SELECT "Value" FROM "Settings" WHERE "Name" = @0""", row => row.Bytes(0), cancellation, Name);

    private static void Check(byte[] proof, KeyEncryptionKey key)
    {
        try
        {
            key.Open(Name, Name, proof);
        }
        catch (CryptographicException exception)
        {
            throw new StoreUnusableException(
                "The key-encryption key is not the one this database was written with. Put the original key back; a new one cannot open what is sealed.", exception);
        }
    }
}
