using System.Data.Common;
using System.Security.Cryptography;
using Gatehouse.Store.Changes;
using Gatehouse.Store.Model;
using Gatehouse.Store.Secrets;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace Gatehouse.Store.Database;

/// <summary>Opens the database: contexts, schema, and the proof that the key-encryption key belongs to it.</summary>
public sealed class StoreDatabase
{
    private const string KeyProof = "key-proof";

    private readonly DbContextOptions<SqliteGatehouseDb>? _sqlite;
    private readonly DbContextOptions<PostgresGatehouseDb>? _postgres;

    public StoreDatabase(StoreOptions options, ChangeSignal? signal = null)
    {
        Options = options;
        Signal = signal ?? new ChangeSignal();
        var appender = new ChangeAppended(Signal);
        if (options.Provider == StoreProvider.Sqlite)
        {
            _sqlite = new DbContextOptionsBuilder<SqliteGatehouseDb>().UseSqlite(options.ConnectionString)
                .AddInterceptors(appender, new DurableSqlite()).Options;
        }
        else
        {
            _postgres = new DbContextOptionsBuilder<PostgresGatehouseDb>().UseNpgsql(options.ConnectionString)
                .AddInterceptors(appender).Options;
        }
    }

    public StoreOptions Options { get; }

    /// <summary>Rings when this process has committed a change.</summary>
    public ChangeSignal Signal { get; }

    /// <summary>A new context; the caller disposes it.</summary>
    public GatehouseDb Open() => _sqlite is not null ? new SqliteGatehouseDb(_sqlite) : new PostgresGatehouseDb(_postgres!);

    /// <summary>Brings the schema up to date and proves the key. Nothing is changed when it fails.</summary>
    /// <exception cref="StoreUnusableException">The database is newer, incomplete, unreachable, or sealed under another key.</exception>
    public async Task PrepareAsync(KeyEncryptionKey key, CancellationToken cancellation = default)
    {
        try
        {
            await using var db = Open();
            await RefuseForeignSchemaAsync(db, cancellation);
            await db.Database.MigrateAsync(cancellation);
            await ProveKeyAsync(db, key, cancellation);
        }
        catch (Exception exception) when (exception is DbException or IOException or InvalidOperationException)
        {
            throw new StoreUnusableException(Explain(exception), exception);
        }
    }

    private static async Task RefuseForeignSchemaAsync(GatehouseDb db, CancellationToken cancellation)
    {
        if (!await db.Database.CanConnectAsync(cancellation))
        {
            // SQLite cannot connect to a file that is not there, and creates it at migration; PostgreSQL must be there.
            if (db is SqliteGatehouseDb) return;
            await db.Database.OpenConnectionAsync(cancellation); // Throws the reason.
        }
        var applied = (await db.Database.GetAppliedMigrationsAsync(cancellation)).ToList();
        var known = db.Database.GetMigrations().ToList();
        if (applied.Except(known, StringComparer.Ordinal).FirstOrDefault() is { } newer)
        {
            throw new StoreUnusableException(
                $"The database was written by a newer Gatehouse (schema {newer}). Start that version, or restore a backup from before the upgrade.");
        }
        var tables = await SchemaTables.CountAsync(db, cancellation);
        if (applied.Count == 0 && tables > 0)
        {
            throw new StoreUnusableException(
                "The database holds tables but no Gatehouse schema: it is half-written or belongs to another program. Restore a backup, or name an empty database.");
        }
        if (applied.Count == known.Count && await SchemaTables.FindMissingAsync(db, cancellation) is { } missing)
        {
            throw new StoreUnusableException(
                $"The database is half-written: its table {missing} is missing. Restore a backup, or name an empty database.");
        }
    }

    private static async Task ProveKeyAsync(GatehouseDb db, KeyEncryptionKey key, CancellationToken cancellation)
    {
        var proof = await db.Settings.AsNoTracking().SingleOrDefaultAsync(row => row.Name == KeyProof, cancellation);
        if (proof is null)
        {
            if (await db.SigningKeys.AnyAsync(cancellation) || await db.ApplicationSecrets.AnyAsync(cancellation))
                throw new StoreUnusableException("The database is half-written: its key proof is missing. Restore a backup.");
            db.Settings.Add(new Setting { Name = KeyProof, Value = key.Seal(KeyProof, KeyProof, [1]) });
            await db.SaveChangesAsync(cancellation);
            return;
        }
        try
        {
            key.Open(KeyProof, KeyProof, proof.Value);
        }
        catch (CryptographicException exception)
        {
            throw new StoreUnusableException(
                "The key-encryption key is not the one this database was written with. Put the original key back; a new one cannot open what is sealed.", exception);
        }
    }

    private static string Explain(Exception exception) => exception switch
    {
        SqliteException { SqliteErrorCode: 11 or 26 } => "The database file is damaged or half-written. Restore a backup, or move the file away to start anew.",
        SqliteException { SqliteErrorCode: 8 or 14 } => "The database file cannot be opened for writing. Check that the folder exists and that this user may write to it.",
        SqliteException { SqliteErrorCode: 5 or 6 } => "The database file is in use by another program. End it first; SQLite serves one node.",
        PostgresException { SqlState: "28P01" or "28000" } => "PostgreSQL refuses the user or password of the connection string. Correct Store:ConnectionString.",
        PostgresException { SqlState: "3D000" } => "The PostgreSQL database does not exist. Create it, or correct Store:ConnectionString.",
        NpgsqlException => "PostgreSQL cannot be reached. Check that it runs and that Store:ConnectionString names its host and port.",
        _ => $"The database cannot be prepared: {exception.Message.ReplaceLineEndings(" ")}",
    };

    /// <summary>Readers never wait for the writer (WAL), and a commit that was answered survives a power cut (FULL).</summary>
    private sealed class DurableSqlite : DbConnectionInterceptor
    {
        private const string Pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;";

        public override void ConnectionOpened(DbConnection connection, ConnectionEndEventData eventData)
        {
            using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            command.ExecuteNonQuery();
        }

        public override async Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = Pragmas;
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
