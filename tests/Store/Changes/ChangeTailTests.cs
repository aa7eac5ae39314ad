using Gatehouse.Store.Changes;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Tests.Store.Fixture;

namespace Gatehouse.Tests.Store.Changes;

public sealed class ChangeTailOnSqlite() : ChangeTailTests(StoreProvider.Sqlite);

/// <summary>A reader's place in the feed.</summary>
public abstract class ChangeTailTests(StoreProvider provider) : StoreTests(provider)
{
    [Fact]
    public async Task Rows_come_once_and_in_order()
    {
        await AppendAsync("before");
        var tail = await StartAsync();
        await AppendAsync("1", "2");
        await AppendAsync("3");

        Assert.Equal(["1", "2", "3"], await SubjectsAsync(tail));
        Assert.Empty(await SubjectsAsync(tail));
        await AppendAsync("4");
        Assert.Equal(["4"], await SubjectsAsync(tail));
    }

    [Fact]
    public async Task A_row_comes_as_it_was_written()
    {
        var tail = await StartAsync();
        await AppendAsync("subject");

        var row = Assert.Single((await tail.ReadAsync(default))!);
        Assert.Equal((ChangeKind.Application, "subject", Store.Clock.GetUtcNow()), (row.Kind, row.Subject, row.At));
    }

    [Fact]
    public async Task Readers_have_places_of_their_own()
    {
        var first = await StartAsync();
        await AppendAsync("1");
        var second = await StartAsync();
        await AppendAsync("2");

        Assert.Equal(["1", "2"], await SubjectsAsync(first));
        Assert.Equal(["2"], await SubjectsAsync(second));
    }

    [Fact]
    public async Task A_look_that_fails_keeps_the_place()
    {
        var outage = new Outage();
        var tail = new ChangeTail(Store.OpenElsewhere(outage));
        await tail.StartAsync(default);
        await AppendAsync("1");
        outage.Begin();
        await Assert.ThrowsAnyAsync<Exception>(() => tail.ReadAsync(default));
        outage.End();

        Assert.Equal(["1"], await SubjectsAsync(tail));
    }

    [Fact]
    public async Task A_reader_that_was_away_while_rows_were_removed_finds_a_gap()
    {
        await AppendAsync("seen");
        var away = await StartAsync();
        await AppendAsync("missed");
        await PruneAllAsync();

        Assert.Null(await away.ReadAsync(default));
        await AppendAsync("after");
        Assert.Equal(["after"], await SubjectsAsync(away));
    }

    [Fact]
    public async Task A_reader_that_had_read_what_was_removed_finds_none()
    {
        var tail = await StartAsync();
        await AppendAsync("read");
        Assert.Equal(["read"], await SubjectsAsync(tail));
        await AppendAsync(Store.Clock.GetUtcNow() + ChangeTail.Retention, "kept");
        Assert.Equal(["kept"], await SubjectsAsync(tail));
        await WaitUntilSettledAsync();
        Assert.Empty(await SubjectsAsync(tail));
        await PruneAllAsync();

        Assert.Empty(await SubjectsAsync(tail));
    }

    [Fact]
    public async Task A_feed_whose_rows_were_all_removed_goes_on()
    {
        await AppendAsync("old");
        await PruneAllAsync();
        var tail = await StartAsync();
        await AppendAsync("new");

        Assert.Equal(["new"], await SubjectsAsync(tail));
    }

    [Fact]
    public async Task Rows_younger_than_a_day_are_kept()
    {
        var tail = await StartAsync();
        await AppendAsync("young");
        await new ChangeTail(Store.Database).PruneAsync(Store.Clock.GetUtcNow() + ChangeTail.Retention, default);

        Assert.Equal(["young"], await SubjectsAsync(tail));
    }

    [Fact]
    public async Task Nodes_that_remove_old_rows_at_once_do_not_fail()
    {
        await AppendAsync("old");
        var late = Store.Clock.GetUtcNow() + ChangeTail.Retention + TimeSpan.FromHours(1);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => new ChangeTail(Store.OpenElsewhere()).PruneAsync(late, default)));
    }

    /// <summary>Returns when no transaction runs that is older than the newest row; with one writer there is none.</summary>
    private protected virtual Task WaitUntilSettledAsync() => Task.CompletedTask;

    private protected async Task<ChangeTail> StartAsync()
    {
        var tail = new ChangeTail(Store.OpenElsewhere());
        await tail.StartAsync(default);
        return tail;
    }

    private protected static async Task<IEnumerable<string>> SubjectsAsync(ChangeTail tail)
    {
        var rows = await tail.ReadAsync(default);
        Assert.NotNull(rows);
        return rows.Select(row => row.Subject);
    }

    private protected Task AppendAsync(params string[] subjects) => AppendAsync(Store.Clock.GetUtcNow(), subjects);

    private Task AppendAsync(DateTimeOffset at, params string[] subjects) => Store.WriteAsync(db =>
    {
        foreach (var subject in subjects) db.Changes.Add(new Change { Kind = ChangeKind.Application, Subject = subject, At = at });
    });

    private Task PruneAllAsync() =>
        new ChangeTail(Store.Database).PruneAsync(Store.Clock.GetUtcNow() + ChangeTail.Retention + TimeSpan.FromSeconds(1), default);
}
