using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Store.Sessions;

/// <summary>A notice that this node alone delivers until <see cref="LogoutOutbox.ClaimTime"/> has passed.</summary>
/// <param name="ClientId">The application that is told.</param>
/// <param name="Attempt">From 1 on.</param>
public sealed record ClaimedNotice(Guid Id, Guid ApplicationId, string ClientId, Guid UserId, string SessionId, int Attempt)
{
    internal DateTimeOffset ClaimedUntil { get; init; }
}

/// <summary>
/// The notices to applications about sessions that ended. One is written in the transaction that ends the session, claimed by one statement
/// that two nodes cannot both win, and deleted when it was delivered; the claim of a node that died runs out.
/// </summary>
public sealed class LogoutOutbox(StoreDatabase database, TimeProvider clock) : IDisposable
{
    /// <summary>How long a claim holds: longer than a delivery takes.</summary>
    public static readonly TimeSpan ClaimTime = TimeSpan.FromSeconds(30);

    /// <summary>How long it is tried. After that the application's own session has to run out.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(30),
    ];

    private readonly SemaphoreSlim _bell = new(0, 1);

    /// <summary>Returns when this node has written notices, or after the time given.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellation) => _bell.WaitAsync(atMost, cancellation);

    /// <summary>Claims notices that are due, oldest first.</summary>
    /// <param name="most">How many.</param>
    /// <param name="busy">Applications that are left out: enough is on its way to them.</param>
    public async Task<IReadOnlyList<ClaimedNotice>> ClaimAsync(int most, IReadOnlyCollection<Guid> busy, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var until = now + ClaimTime;
        await using var connection = await database.ConnectAsync(cancellation);
        var due = await connection.ListAsync(
            $"""
            SELECT n."Id", n."ApplicationId", a."ClientId", n."UserId", n."SessionId", n."Attempts", n."DueAt"
            FROM "LogoutNotices" AS n JOIN "Applications" AS a ON a."Id" = n."ApplicationId"
            WHERE n."DueAt" <= @0 AND n."ExpiresAt" > @0 AND NOT {connection.IsAmong("n.\"ApplicationId\"", 1)}
            ORDER BY n."DueAt" LIMIT @2
            """,
            row => (DueAt: row.Instant(6), Claimed: new ClaimedNotice(row.Id(0), row.Id(1), row.Text(2), row.Id(3), row.Text(4), (int)row.Number(5) + 1) { ClaimedUntil = until }),
            cancellation, now, connection.Among(busy), most);
        var claimed = new List<ClaimedNotice>();
        foreach (var (dueAt, notice) in due)
        {
            using var turn = await database.WaitForTurnAsync(cancellation);
            var won = await connection.ExecuteAsync(
                """UPDATE "LogoutNotices" SET "DueAt" = @0, "Attempts" = @1 WHERE "Id" = @2 AND "DueAt" = @3 AND "Attempts" = @4""",
                cancellation, until, notice.Attempt, notice.Id, dueAt, notice.Attempt - 1);
            if (won == 1) claimed.Add(notice);
        }
        return claimed;
    }

    /// <summary>It was delivered, or there is nobody any more who could be told.</summary>
    public Task CloseAsync(ClaimedNotice notice, CancellationToken cancellation) => database.WriteInTurnAsync(
        db => db.LogoutNotices.Where(row => row.Id == notice.Id).ExecuteDeleteAsync(cancellation), cancellation);

    /// <summary>It was not delivered: it is due again later.</summary>
    /// <returns>The pause; null when it was given up.</returns>
    public async Task<TimeSpan?> PostponeAsync(ClaimedNotice notice, CancellationToken cancellation)
    {
        TimeSpan? pause = notice.Attempt <= Pauses.Length ? Pauses[notice.Attempt - 1] : null;
        if (pause is null)
        {
            await CloseAsync(notice, cancellation);
            return null;
        }
        var dueAt = clock.GetUtcNow() + pause.Value;
        // Only while the claim is ours: when it ran out, another node tries already.
        await database.WriteInTurnAsync(db => db.LogoutNotices.Where(row => row.Id == notice.Id && row.DueAt == notice.ClaimedUntil)
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.DueAt, dueAt), cancellation), cancellation);
        return pause;
    }

    public void Dispose() => _bell.Dispose();

    internal void Ring()
    {
        try
        {
            _bell.Release();
        }
        catch (SemaphoreFullException)
        {
            // It rings already.
        }
    }

    internal static async Task AddAsync(GatehouseDb db, UserSession session, IReadOnlyCollection<Guid> applications, DateTimeOffset now, CancellationToken cancellation)
    {
        var told = await db.Applications.Where(row => applications.Contains(row.Id) && row.BackchannelLogoutUri != string.Empty)
            .Select(row => row.Id).ToListAsync(cancellation);
        db.LogoutNotices.AddRange(told.Select(id => new LogoutNotice
        {
            ApplicationId = id, UserId = session.UserId, SessionId = session.PublicId, DueAt = now, ExpiresAt = now + Lifetime,
        }));
    }
}
