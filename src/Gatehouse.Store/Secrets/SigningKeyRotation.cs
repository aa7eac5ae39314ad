using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Secrets;

/// <summary>When signing keys change.</summary>
public sealed record RotationSchedule
{
    /// <summary>How long a key signs before its successor is announced. Default 90 days.</summary>
    public TimeSpan RotateAfter { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How long a key is published before it signs, so that whoever remembers the key set has it by then. Default 1 hour.</summary>
    public TimeSpan AnnounceFor { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a key is published after it signed: the longest life of a token, and a minute.</summary>
    public static TimeSpan RetireFor { get; } = TimeSpan.FromSeconds(Plan.DefaultTokenLifetimeSeconds + 60);
}

/// <summary>
/// Leads each algorithm's keys from announced to active to retired to gone. Any number of nodes may call it: each step is one serializable
/// transaction, and whoever comes second finds nothing to do.
/// </summary>
public sealed class SigningKeyRotation(StoreDatabase database, SigningKeyVault vault, RotationSchedule schedule, TimeProvider clock)
{
    private const string Columns = """ "Kid", "Algorithm", "PublicKey", "EncryptedPrivateKey", "State", "CreatedAt", "ChangedAt" """;

    /// <summary>Does what is due by now.</summary>
    /// <returns>True when something was.</returns>
    public async Task<bool> StepAsync(CancellationToken cancellation = default)
    {
        await using (var connection = await database.ConnectAsync(cancellation))
        {
            if (!IsDue(await connection.ListAsync($"""SELECT {Columns} FROM "SigningKeys" """, Read, cancellation))) return false;
        }
        return await WriteAsync(Step, cancellation);
    }

    /// <summary>Announces a successor of every active key that has none; it signs when its announcement has lasted.</summary>
    public Task<bool> AnnounceAsync(CancellationToken cancellation = default) => WriteAsync((db, keys) =>
    {
        foreach (var family in keys.GroupBy(key => key.Algorithm)) if (!Has(family, SigningKeyState.Announced)) Announce(db, family.Key);
    }, cancellation);

    /// <summary>Lets every announced key sign at once: for a key that must not sign any more.</summary>
    public Task<bool> ActivateAsync(CancellationToken cancellation = default) => WriteAsync((db, keys) =>
    {
        foreach (var family in keys.GroupBy(key => key.Algorithm)) Activate(db, [.. family]);
    }, cancellation);

    /// <summary>The active key of an algorithm; one is made when there is none.</summary>
    public async Task<SigningKeyRecord> FindActiveAsync(string algorithm, CancellationToken cancellation)
    {
        if (await ReadActiveAsync(algorithm, cancellation) is { } found) return found;
        await WriteAsync((write, keys) =>
        {
            if (!keys.Any(key => key.Algorithm == algorithm && key.State == SigningKeyState.Active)) Add(write, algorithm, SigningKeyState.Active);
        }, cancellation);
        return await ReadActiveAsync(algorithm, cancellation) ?? throw new InvalidOperationException($"There is no active key for {algorithm}.");
    }

    private async Task<SigningKeyRecord?> ReadActiveAsync(string algorithm, CancellationToken cancellation)
    {
        await using var connection = await database.ConnectAsync(cancellation);
        return await connection.FindAsync(
            $"""SELECT {Columns} FROM "SigningKeys" WHERE "State" = @0 AND "Algorithm" = @1 ORDER BY "ChangedAt" DESC, "Kid" LIMIT 1""",
            Read, cancellation, SigningKeyState.Active, algorithm);
    }

    private static SigningKeyRecord Read(StoreRow row) => new()
    {
        Kid = row.Text(0), Algorithm = row.Text(1), PublicKey = row.Text(2), EncryptedPrivateKey = row.Bytes(3), State = row.Name<SigningKeyState>(4),
        CreatedAt = row.Instant(5), ChangedAt = row.Instant(6),
    };

    private bool IsDue(IReadOnlyCollection<SigningKeyRecord> keys) =>
        keys.Any(key => key.State == SigningKeyState.Retired ? Lasted(key, RotationSchedule.RetireFor)
            : key.State == SigningKeyState.Announced ? Lasted(key, schedule.AnnounceFor)
            : Lasted(key, schedule.RotateAfter) && !keys.Any(other => other.Algorithm == key.Algorithm && other.State == SigningKeyState.Announced));

    private void Step(GatehouseDb db, List<SigningKeyRecord> keys)
    {
        foreach (var family in keys.GroupBy(key => key.Algorithm).ToList())
        {
            foreach (var gone in family.Where(key => key.State == SigningKeyState.Retired && Lasted(key, RotationSchedule.RetireFor)))
            {
                db.SigningKeys.Remove(gone);
                db.Announce(clock.GetUtcNow(), ChangeKind.SigningKey, gone.Kid);
            }
            if (family.Any(key => key.State == SigningKeyState.Announced && Lasted(key, schedule.AnnounceFor))) Activate(db, [.. family]);
            else if (!Has(family, SigningKeyState.Announced) && family.Any(key => key.State == SigningKeyState.Active && Lasted(key, schedule.RotateAfter)))
                Announce(db, family.Key);
        }
    }

    private void Activate(GatehouseDb db, IReadOnlyList<SigningKeyRecord> family)
    {
        if (family.Where(key => key.State == SigningKeyState.Announced).MinBy(key => key.ChangedAt) is not { } next) return;
        foreach (var former in family.Where(key => key.State == SigningKeyState.Active)) Move(db, former, SigningKeyState.Retired);
        Move(db, next, SigningKeyState.Active);
    }

    private void Announce(GatehouseDb db, string algorithm) => Add(db, algorithm, SigningKeyState.Announced);

    private void Add(GatehouseDb db, string algorithm, SigningKeyState state)
    {
        var now = clock.GetUtcNow();
        var record = vault.Generate(state, now, algorithm);
        db.SigningKeys.Add(record);
        db.Announce(now, ChangeKind.SigningKey, record.Kid);
    }

    private void Move(GatehouseDb db, SigningKeyRecord key, SigningKeyState state)
    {
        (key.State, key.ChangedAt) = (state, clock.GetUtcNow());
        db.Announce(key.ChangedAt, ChangeKind.SigningKey, key.Kid);
    }

    private async Task<bool> WriteAsync(Action<GatehouseDb, List<SigningKeyRecord>> work, CancellationToken cancellation)
    {
        var outcome = await database.WriteAsync<SigningKeyRecord>(async db =>
        {
            var keys = await db.SigningKeys.OrderBy(row => row.CreatedAt).ToListAsync(cancellation);
            work(db, keys);
            return db.ChangeTracker.HasChanges() ? db.ChangeTracker.Entries<SigningKeyRecord>().First().Entity : Outcome<SigningKeyRecord>.Conflict("Nothing is due.");
        }, cancellation);
        return outcome.Succeeded;
    }

    private bool Lasted(SigningKeyRecord key, TimeSpan time) => clock.GetUtcNow() - key.ChangedAt >= time;

    private static bool Has(IEnumerable<SigningKeyRecord> family, SigningKeyState state) => family.Any(key => key.State == state);
}
