using System.Security.Cryptography;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Store.Secrets;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Database;

/// <summary>A sealed value that shows whether a key-encryption key is the one that the database was written with.</summary>
internal static class KeyProof
{
    private const string Name = "key-proof";

    /// <summary>Refuses another key, and sealed values without a proof; an empty database needs none yet.</summary>
    public static async Task CheckAsync(GatehouseDb db, KeyEncryptionKey key, CancellationToken cancellation)
    {
        if (await FindAsync(db, cancellation) is { } proof) Check(proof, key);
        else if (await db.SigningKeys.AnyAsync(cancellation) || await db.ApplicationSecrets.AnyAsync(cancellation))
            throw new StoreUnusableException("The database is half-written: its key proof is missing. Restore a backup.");
    }

    /// <summary>Writes the proof into a new database, or checks the one that another node wrote meanwhile.</summary>
    public static async Task EnsureAsync(StoreDatabase database, KeyEncryptionKey key, CancellationToken cancellation)
    {
        var proven = await database.WriteAsync<Setting>(async db =>
        {
            if (await FindAsync(db, cancellation) is { } proof)
            {
                Check(proof, key);
                return proof;
            }
            var made = new Setting { Name = Name, Value = key.Seal(Name, Name, [1]) };
            db.Settings.Add(made);
            return made;
        }, cancellation);
        if (!proven.Succeeded) throw new StoreUnusableException("Other nodes start on this database at the same moment. Start this one again.");
    }

    private static Task<Setting?> FindAsync(GatehouseDb db, CancellationToken cancellation) =>
        db.Settings.AsNoTracking().SingleOrDefaultAsync(row => row.Name == Name, cancellation);

    private static void Check(Setting proof, KeyEncryptionKey key)
    {
        try
        {
            key.Open(Name, Name, proof.Value);
        }
        catch (CryptographicException exception)
        {
            throw new StoreUnusableException(
                "The key-encryption key is not the one this database was written with. Put the original key back; a new one cannot open what is sealed.", exception);
        }
    }
}
