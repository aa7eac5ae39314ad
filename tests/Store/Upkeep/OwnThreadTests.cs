using Gatehouse.Store.Upkeep;

namespace Gatehouse.Tests.Store.Upkeep;

public sealed class OwnThreadTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_awaited_on_it_goes_on_on_it()
    {
        var own = Begin(Long);
        var (before, after) = await RunAsync(own, async () =>
        {
            var thread = Thread.CurrentThread;
            await Task.Yield();
            return (thread, Thread.CurrentThread);
        });

        Assert.Same(before, after);
        Assert.False(before.IsThreadPoolThread);
        Assert.True(before.IsBackground); // A node that ends does not wait for it.
    }

    [Fact]
    public async Task All_of_it_is_one_thread_in_the_order_in_which_it_came()
    {
        var own = Begin(Long);
        var order = new List<int>();
        var threads = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => RunAsync(own, () =>
        {
            order.Add(number);
            return Task.FromResult(Thread.CurrentThread);
        })));

        Assert.Single(threads.Distinct());
        Assert.Equal(Enumerable.Range(0, 100), order);
    }

    [Fact]
    public async Task It_ends_when_nothing_was_asked_of_it_for_a_while_and_begins_again()
    {
        var own = Begin(TimeSpan.FromMilliseconds(20));
        var first = await RunAsync(own, () => Task.FromResult(Thread.CurrentThread));
        Assert.True(first.Join(Long));
        var second = await RunAsync(own, () => Task.FromResult(Thread.CurrentThread));

        Assert.NotSame(first, second);
        Assert.True(second.Join(Long));
    }

    [Fact]
    public async Task Nothing_is_lost_that_comes_as_it_ends()
    {
        var own = Begin(TimeSpan.Zero);
        var done = 0;
        for (var number = 0; number < 1000; number++) await own.RunAsync(() => Task.FromResult(++done)).WaitAsync(Long, Cancellation);

        Assert.Equal(1000, done);
    }

    [Fact]
    public async Task Where_the_system_gives_no_thread_the_pool_does_it_and_has_its_own_back()
    {
        var isGiven = false;
        var own = new OwnThread("own", Long, thread =>
        {
            if (!isGiven) throw new ThreadStateException("There is none.");
            thread.UnsafeStart();
        });
        for (var number = 0; number < 3; number++) Assert.True((await RunAsync(own, () => Task.FromResult(Thread.CurrentThread))).IsThreadPoolThread);
        isGiven = true;
        var thread = await RunAsync(own, () => Task.FromResult(Thread.CurrentThread));
        // The pool's may be about to end.
        for (var more = 0; more < 1000 && thread.IsThreadPoolThread; more++) thread = await RunAsync(own, () => Task.FromResult(Thread.CurrentThread));

        Assert.Equal("own", thread.Name);
    }

    [Fact]
    public async Task What_the_work_throws_is_its_own()
    {
        var own = Begin(Long);
        await Assert.ThrowsAsync<InvalidDataException>(() => own.RunAsync(() => throw new InvalidDataException("at once")));
        await Assert.ThrowsAsync<InvalidDataException>(() => own.RunAsync(async () =>
        {
            await Task.Yield();
            throw new InvalidDataException("later");
        }));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => own.RunAsync(() => Task.FromCanceled(new CancellationToken(canceled: true))));
        Assert.False((await RunAsync(own, () => Task.FromResult(Thread.CurrentThread))).IsThreadPoolThread);
    }

    private static OwnThread Begin(TimeSpan idle) => new("own", idle, thread => thread.UnsafeStart());

    private static async Task<T> RunAsync<T>(OwnThread own, Func<Task<T>> work)
    {
        T result = default!;
        await own.RunAsync(async () => result = await work()).WaitAsync(Long, Cancellation);
        return result;
    }
}
