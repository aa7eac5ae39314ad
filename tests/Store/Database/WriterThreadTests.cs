using Gatehouse.Store.Database;

namespace Gatehouse.Tests.Store.Database;

public sealed class WriterThreadTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_awaited_on_it_goes_on_on_it()
    {
        var writer = new WriterThread(Long);
        var (before, after) = await RunAsync(writer, async () =>
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
        var writer = new WriterThread(Long);
        var order = new List<int>();
        var threads = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => RunAsync(writer, () =>
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
        var writer = new WriterThread(TimeSpan.FromMilliseconds(20));
        var first = await RunAsync(writer, () => Task.FromResult(Thread.CurrentThread));
        Assert.True(first.Join(Long));
        var second = await RunAsync(writer, () => Task.FromResult(Thread.CurrentThread));

        Assert.NotSame(first, second);
        Assert.True(second.Join(Long));
    }

    private static Task<T> RunAsync<T>(WriterThread writer, Func<Task<T>> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        writer.Post(async _ =>
        {
            try
            {
                done.SetResult(await work());
            }
            catch (Exception exception)
            {
                done.SetException(exception);
            }
        }, null);
        return done.Task.WaitAsync(Long, Cancellation);
    }
}
