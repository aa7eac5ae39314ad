using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Store.Database;

public sealed class StoreConnectionOnSqlite() : StoreConnectionTests(StoreProvider.Sqlite);

public sealed class StoreConnectionOnPostgres() : StoreConnectionTests(StoreProvider.PostgreSql);

/// <summary>Statements of our own, by themselves and within the transaction of a context.</summary>
public abstract class StoreConnectionTests(StoreProvider provider) : StoreTests(provider)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private DateTimeOffset Now => Store.Clock.GetUtcNow();

    [Fact]
    public async Task A_change_announced_within_the_transaction_of_a_context_rings_when_that_is_committed()
    {
        await using var db = Store.Database.Open();
        await using var transaction = await db.Database.BeginTransactionAsync(Cancellation);
        await AnnounceAsync(StoreConnection.Within(db));
        await db.SaveChangesAsync(Cancellation);
        Assert.False(await HasRungAsync());

        await transaction.CommitAsync(Cancellation);

        Assert.True(await HasRungAsync());
        Assert.Equal(1, await Store.ReadAsync(read => read.Changes.CountAsync(Cancellation)));
    }

    [Fact]
    public async Task One_that_is_rolled_back_does_not()
    {
        await using (var db = Store.Database.Open())
        {
            await using var transaction = await db.Database.BeginTransactionAsync(Cancellation);
            await AnnounceAsync(StoreConnection.Within(db));
            await transaction.RollbackAsync(Cancellation);
        }

        Assert.False(await HasRungAsync());
        Assert.Equal(0, await Store.ReadAsync(read => read.Changes.CountAsync(Cancellation)));
    }

    [Fact]
    public async Task It_sees_what_the_context_has_saved_and_leaves_the_transaction_open()
    {
        await using var db = Store.Database.Open();
        await using var transaction = await db.Database.BeginTransactionAsync(Cancellation);
        db.RevokedTokens.Add(new RevokedToken { TokenId = "saved", ExpiresAt = Now });
        await db.SaveChangesAsync(Cancellation);
        await using (var within = StoreConnection.Within(db))
            Assert.Equal("saved", await within.FindAsync("""SELECT "TokenId" FROM "RevokedTokens" """, row => row.Text(0), Cancellation));

        await transaction.CommitAsync(Cancellation);

        Assert.Equal(1, await Store.ReadAsync(read => read.RevokedTokens.CountAsync(Cancellation)));
    }

    [Fact]
    public async Task Without_a_transaction_of_the_context_there_is_none_to_be_within()
    {
        await using var db = Store.Database.Open();
        Assert.Throws<InvalidOperationException>(() => StoreConnection.Within(db));
    }

    [Fact]
    public async Task Statements_that_win_ring_after_their_commit()
    {
        TestStore.Succeed(await Store.Database.WinByStatementsAsync<string>(async store =>
        {
            await AnnounceAsync(store);
            Assert.False(await HasRungAsync());
            return "won";
        }, Cancellation));

        Assert.True(await HasRungAsync());
    }

    [Fact]
    public async Task Statements_of_a_refusal_are_taken_back()
    {
        var outcome = await Store.Database.WinByStatementsAsync<string>(async store =>
        {
            await AnnounceAsync(store);
            return Outcome<string>.Conflict("refused");
        }, Cancellation);

        Assert.Equal("refused", outcome.Message);
        Assert.False(await HasRungAsync());
        Assert.Equal(0, await Store.ReadAsync(read => read.Changes.CountAsync(Cancellation)));
    }

    private Task AnnounceAsync(StoreConnection store) => store.AnnounceAsync(Now, ChangeKind.RevokedToken, "subject", Cancellation);

    private async Task<bool> HasRungAsync()
    {
        // A semaphore that was released is entered at once.
        using var waiting = new CancellationTokenSource();
        var ring = Store.Database.Signal.WaitAsync(Timeout.InfiniteTimeSpan, waiting.Token);
        if (ring.IsCompletedSuccessfully) return true;
        await waiting.CancelAsync();
        await ring.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return false;
    }
}
