using Gatehouse.Store.Database;
using Gatehouse.Store.Handles;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Store.Database;

/// <summary>Writers that share a commit share nothing else. Only SQLite has it.</summary>
public sealed class GroupCommitTests() : StoreTests(StoreProvider.Sqlite)
{
    private const string Insert = """INSERT INTO "RevokedTokens" ("TokenId", "ExpiresAt") VALUES (@0, @1)""";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Writers_that_wait_for_the_turn_share_one_commit()
    {
        var commits = new Commits();
        var database = Store.OpenElsewhere(commits);
        List<Task<Outcome<string>>> writers;
        using (await database.WaitForTurnAsync(Cancellation))
            writers = [.. Enumerable.Range(0, 20).Select(number => WriteAsync(database, $"token-{number}"))];

        Assert.All(await Task.WhenAll(writers), outcome => Assert.True(outcome.Succeeded));
        Assert.Equal(20, await CountAsync());
        Assert.Equal(1, commits.Count);
    }

    [Fact]
    public async Task Who_commits_holds_no_thread_that_answers_requests()
    {
        var commits = new Commits { Waits = true };
        var database = Store.OpenElsewhere(commits);
        Assert.True((await WriteAsync(database, "first")).Succeeded);
        Assert.True((await WriteAsync(database, "second")).Succeeded);

        Task<Outcome<string>> third;
        using (await database.WaitForTurnAsync(Cancellation)) third = WriteAsync(database, "third");
        Assert.True((await third).Succeeded);

        Assert.Equal(["Gatehouse writer", "Gatehouse writer", "Gatehouse writer"], commits.Threads);
    }

    [Fact]
    public async Task One_that_is_refused_one_that_fails_and_one_that_is_cancelled_take_back_their_own_alone()
    {
        using var cancelled = new CancellationTokenSource();
        var database = Store.Database;
        List<Task<Outcome<string>>> writers;
        using (await database.WaitForTurnAsync(Cancellation))
        {
            writers =
            [
                WriteAsync(database, "first"),
                WriteAsync(database, "refused", () => Outcome<string>.Conflict("refused")),
                WriteAsync(database, "failing", () => throw new InvalidDataException("failed")),
                WriteAsync(database, "cancelled", cancellation: cancelled.Token),
                WriteAsync(database, "first"), // Twice the same key: the statement fails.
                WriteAsync(database, "last"),
            ];
            await cancelled.CancelAsync();
        }

        Assert.True((await writers[0]).Succeeded);
        Assert.Equal("refused", (await writers[1]).Message);
        await Assert.ThrowsAsync<InvalidDataException>(() => writers[2]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writers[3]);
        Assert.True(StoreFault.IsAway(await Assert.ThrowsAnyAsync<Exception>(() => writers[4])));
        Assert.True((await writers[5]).Succeeded);
        Assert.Equal(["first", "last"], await Store.ReadAsync(db => db.RevokedTokens.Select(row => row.TokenId).OrderBy(id => id).ToListAsync(Cancellation)));
    }

    [Fact]
    public async Task When_the_commit_fails_nobody_has_written_and_the_next_ones_do()
    {
        var failing = new FailingCommit();
        var database = Store.OpenElsewhere(failing);
        List<Task<Outcome<string>>> writers;
        using (await database.WaitForTurnAsync(Cancellation)) writers = [WriteAsync(database, "one"), WriteAsync(database, "two")];

        foreach (var writer in writers) await Assert.ThrowsAsync<TimeoutException>(() => writer);
        Assert.Equal(0, await CountAsync());
        Assert.True((await WriteAsync(database, "three")).Succeeded);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task When_SQLite_takes_back_the_whole_transaction_nobody_has_written_and_the_next_ones_do()
    {
        var database = Store.Database;
        List<Task> writers;
        using (await database.WaitForTurnAsync(Cancellation))
        {
            writers =
            [
                WriteAsync(database, "first"),
                // As for a full disk: the savepoint of this one and the transaction of all are gone, and what comes after would be its own transaction.
                database.WriteByStatementAsync(store => store.ExecuteAsync(Insert.Replace("INSERT", "INSERT OR ROLLBACK", StringComparison.Ordinal), Cancellation, "first", Store.Clock.GetUtcNow()), Cancellation),
                WriteAsync(database, "after"),
                database.WriteByStatementAsync(store => store.ExecuteAsync(Insert, Cancellation, "alone", Store.Clock.GetUtcNow()), Cancellation),
            ];
        }

        foreach (var writer in writers) Assert.True(StoreFault.IsAway(await Assert.ThrowsAnyAsync<Exception>(() => writer)));
        Assert.Equal(0, await CountAsync());
        Assert.True((await WriteAsync(database, "next")).Succeeded);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Who_gives_up_waiting_is_answered_at_once_and_has_written_nothing()
    {
        using var cancelled = new CancellationTokenSource();
        using (await Store.Database.WaitForTurnAsync(Cancellation))
        {
            var writer = WriteAsync(Store.Database, "given up", cancellation: cancelled.Token);
            await cancelled.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writer); // While the turn is somebody else's.
        }

        Assert.True((await WriteAsync(Store.Database, "next")).Succeeded);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Too_many_who_wait_are_refused_at_once()
    {
        List<Task<Outcome<string>>> writers;
        using (await Store.Database.WaitForTurnAsync(Cancellation))
        {
            writers = [.. Enumerable.Range(0, GroupCommit.MaxWaiting).Select(number => WriteAsync(Store.Database, $"token-{number}"))];
            await Assert.ThrowsAsync<TimeoutException>(() => WriteAsync(Store.Database, "one too many"));
            // What ends access is let in.
            writers.Add(Store.Database.WinByStatementsAsync(_ => Task.FromResult<Outcome<string>>("ended"), Cancellation, endsAccess: true));
        }

        Assert.All(await Task.WhenAll(writers), outcome => Assert.True(outcome.Succeeded));
        Assert.Equal(GroupCommit.MaxWaiting, await CountAsync());
    }

    [Fact]
    public async Task The_cleaning_is_let_in_when_others_are_refused()
    {
        await Store.WriteAsync(db => db.RevokedTokens.Add(new RevokedToken { TokenId = "over", ExpiresAt = DateTimeOffset.UnixEpoch }));
        using var rows = new ExpiredRows(Store.Database, Store.Registrations, Store.Clock, NullLogger<ExpiredRows>.Instance);
        List<Task<Outcome<string>>> writers;
        Task cleaning;
        using (await Store.Database.WaitForTurnAsync(Cancellation))
        {
            writers = [.. Enumerable.Range(0, GroupCommit.MaxWaiting).Select(number => WriteAsync(Store.Database, $"token-{number}"))];
            cleaning = rows.PruneAsync(Cancellation);
        }

        await Task.WhenAll(writers);
        await cleaning;
        Assert.False(await Store.ReadAsync(db => db.RevokedTokens.AnyAsync(row => row.TokenId == "over")));
    }

    [Fact]
    public async Task Those_who_gave_up_take_nobodys_place()
    {
        using var cancelled = new CancellationTokenSource();
        using (await Store.Database.WaitForTurnAsync(Cancellation))
        {
            var given = Enumerable.Range(0, GroupCommit.MaxWaiting).Select(number => WriteAsync(Store.Database, $"token-{number}", cancellation: cancelled.Token)).ToList();
            await cancelled.CancelAsync();
            foreach (var one in given) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
            var next = WriteAsync(Store.Database, "next");
            Assert.False(next.IsCompleted);
        }

        Assert.True((await WriteAsync(Store.Database, "last")).Succeeded);
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task When_nobody_can_begin_everybody_who_waits_hears_of_it()
    {
        var away = new Away();
        var database = Store.OpenElsewhere(away);
        List<Task<Outcome<string>>> writers;
        using (await database.WaitForTurnAsync(Cancellation)) writers = [.. Enumerable.Range(0, 200).Select(number => WriteAsync(database, $"token-{number}"))];

        foreach (var writer in writers) await Assert.ThrowsAsync<TimeoutException>(() => writer);
        Assert.Equal(1, away.Times);
        Assert.True((await WriteAsync(database, "next")).Succeeded);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task A_claim_whose_turn_comes_too_late_is_no_verdict()
    {
        var handles = new HandleRegister(Store.Database, Store.Clock);
        await Assert.ThrowsAsync<TimeoutException>(() => handles.TryClaimAsync(HandleKind.DpopProof, "late", Store.Clock.GetUtcNow(), Cancellation));
        Assert.True(await handles.TryClaimAsync(HandleKind.DpopProof, "late", Store.Clock.GetUtcNow().AddMilliseconds(1), Cancellation));
    }

    [Fact]
    public async Task Of_many_who_claim_the_same_within_one_commit_one_gets_it()
    {
        var handles = new HandleRegister(Store.Database, Store.Clock);
        List<Task<bool>> claims;
        using (await Store.Database.WaitForTurnAsync(Cancellation))
            claims = [.. Enumerable.Range(0, 30).Select(_ => handles.TryClaimAsync(HandleKind.DpopProof, "same", Store.Clock.GetUtcNow().AddMinutes(1), Cancellation))];

        Assert.Single(await Task.WhenAll(claims), won => won);
    }

    private Task<Outcome<string>> WriteAsync(StoreDatabase database, string token, Func<Outcome<string>>? then = null, CancellationToken cancellation = default) =>
        database.WinByStatementsAsync<string>(async store =>
        {
            await store.ExecuteAsync(Insert, cancellation, token, Store.Clock.GetUtcNow());
            return then?.Invoke() ?? token;
        }, cancellation);

    private Task<int> CountAsync() => Store.ReadAsync(db => db.RevokedTokens.CountAsync(Cancellation));

    private sealed class Commits : IInterceptor, IStatementWatch
    {
        public int Count => Threads.Count;

        public List<string?> Threads { get; } = [];

        /// <summary>Whether it really waits before, as for the turn.</summary>
        public bool Waits { get; init; }

        public async ValueTask OpeningAsync()
        {
            if (Waits) await Task.Yield();
        }

        public ValueTask CommittingAsync()
        {
            Threads.Add(Thread.CurrentThread.Name);
            return default;
        }
    }

    private sealed class Away : IInterceptor, IStatementWatch
    {
        public int Times { get; private set; }

        public ValueTask OpeningAsync() => Times++ == 0 ? throw new TimeoutException("The disk is away.") : default;
    }

    private sealed class FailingCommit : IInterceptor, IStatementWatch
    {
        private int _failures = 1;

        public ValueTask CommittingAsync() => Interlocked.Exchange(ref _failures, 0) == 1 ? throw new TimeoutException("The disk is away.") : default;
    }
}
