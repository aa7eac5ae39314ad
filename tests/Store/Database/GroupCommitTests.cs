using Gatehouse.Store.Database;
using Gatehouse.Store.Handles;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

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
        public int Count { get; private set; }

        public ValueTask CommittingAsync()
        {
            Count++;
            return default;
        }
    }

    private sealed class FailingCommit : IInterceptor, IStatementWatch
    {
        private int _failures = 1;

        public ValueTask CommittingAsync() => Interlocked.Exchange(ref _failures, 0) == 1 ? throw new TimeoutException("The disk is away.") : default;
    }
}
