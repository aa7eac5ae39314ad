using Gatehouse.Store.Database;
using Gatehouse.Store.Handles;
using Gatehouse.Store.Model;
using Gatehouse.Tests.Store.Fixture;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Store.Operations;

public sealed class HandleRegisterOnSqlite() : HandleRegisterTests(StoreProvider.Sqlite);

public sealed class HandleRegisterOnPostgres() : HandleRegisterTests(StoreProvider.PostgreSql);

/// <summary>Opaque values of which only the hash is kept, and values that may come once.</summary>
public abstract class HandleRegisterTests(StoreProvider provider) : StoreTests(provider)
{
    private HandleRegister Register => new(Store.Database, Store.Clock);

    private DateTimeOffset InAMinute => Store.Clock.GetUtcNow().AddMinutes(1);

    [Fact]
    public async Task A_value_stands_for_its_content_until_it_expires()
    {
        var value = await Register.IssueAsync(HandleKind.AuthorizationCode, "content", InAMinute);
        Assert.Equal("content", (await Register.FindAsync(HandleKind.AuthorizationCode, value))?.Content);
        Assert.Null(await Register.FindAsync(HandleKind.PushedRequest, value));

        Store.Clock.Advance(TimeSpan.FromMinutes(1));

        Assert.Null(await Register.FindAsync(HandleKind.AuthorizationCode, value));
        Assert.False(await Register.TryUseAsync(HandleKind.AuthorizationCode, value));
    }

    [Fact]
    public async Task It_is_used_once_and_still_recognised_then()
    {
        var value = await Register.IssueAsync(HandleKind.AuthorizationCode, "content", InAMinute);

        Assert.True(await Register.TryUseAsync(HandleKind.AuthorizationCode, value));
        Assert.False(await Register.TryUseAsync(HandleKind.AuthorizationCode, value));
        Assert.False(await Register.TryReplaceAsync(HandleKind.AuthorizationCode, value, "content", "other"));
        Assert.NotNull((await Register.FindAsync(HandleKind.AuthorizationCode, value))?.UsedAt);
    }

    [Fact]
    public async Task What_it_stands_for_is_replaced_only_by_who_saw_the_last_state()
    {
        var value = await Register.IssueAsync(HandleKind.Interaction, "first", InAMinute);

        Assert.True(await Register.TryReplaceAsync(HandleKind.Interaction, value, "first", "second"));
        Assert.False(await Register.TryReplaceAsync(HandleKind.Interaction, value, "first", "third"));
        Assert.Equal("second", (await Register.FindAsync(HandleKind.Interaction, value))?.Content);
    }

    [Fact]
    public async Task The_database_does_not_hold_the_value()
    {
        var value = await Register.IssueAsync(HandleKind.ReferenceToken, string.Empty, InAMinute);

        var row = await Store.ReadAsync(db => db.Handles.SingleAsync());
        Assert.DoesNotContain(value, Convert.ToBase64String(row.Key), StringComparison.Ordinal);
        Assert.Equal(32, row.Key.Length);
    }

    [Fact]
    public async Task Of_two_nodes_that_race_for_a_thousand_values_each_is_won_once()
    {
        var here = Register;
        var there = new HandleRegister(Store.OpenElsewhere(), Store.Clock);
        var won = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 1000), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, cancellation) =>
        {
            var wins = await Task.WhenAll(
                here.TryClaimAsync(HandleKind.ClientAssertion, $"jti-{number}", InAMinute, cancellation),
                there.TryClaimAsync(HandleKind.ClientAssertion, $"jti-{number}", InAMinute, cancellation));
            Assert.Single(wins, win => win);
            Interlocked.Increment(ref won);
        });
        Assert.Equal(1000, won);
    }

    [Fact]
    public async Task Cleaning_takes_what_has_expired_and_nothing_else()
    {
        await Store.WriteAsync(db => db.Handles.AddRange(Enumerable.Range(0, 2500).Select(number =>
            new Handle { Key = [.. BitConverter.GetBytes(number), .. new byte[28]], ExpiresAt = Store.Clock.GetUtcNow().AddMinutes(-5) })));
        await Register.IssueAsync(HandleKind.AuthorizationCode, "good", InAMinute);
        // Another node's clock may be behind: for it this one is good still.
        await Register.IssueAsync(HandleKind.DpopProof, "just over", Store.Clock.GetUtcNow().AddMinutes(-5).AddSeconds(1));
        await Store.WriteAsync(db => db.RevokedTokens.AddRange(
            new RevokedToken { TokenId = "over", ExpiresAt = Store.Clock.GetUtcNow().AddMinutes(-5) },
            new RevokedToken { TokenId = "just over", ExpiresAt = Store.Clock.GetUtcNow().AddMinutes(-5).AddSeconds(1) }));

        using var rows = new ExpiredRows(Store.Database, Store.Registrations, Store.Clock, NullLogger<ExpiredRows>.Instance);
        await rows.PruneAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["good", "just over"], (await Store.ReadAsync(db => db.Handles.ToListAsync())).Select(row => row.Content).Order(StringComparer.Ordinal));
        Assert.Equal("just over", Assert.Single(await Store.ReadAsync(db => db.RevokedTokens.ToListAsync())).TokenId);
    }
}
