using System.Threading.Channels;
using Gatehouse.Store.Upkeep;
using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Tests.Store.Upkeep;

public sealed class RegularWorkTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_done_once_an_interval_on_a_thread_that_answers_no_request()
    {
        var clock = new Clock();
        using var work = new Threads(clock);
        await BeginAsync(work, clock);
        clock.Advance(Interval - TimeSpan.FromSeconds(1));
        for (var turn = 0; turn < 3; turn++) await OwnThread.Upkeep.RunAsync(async () => await Task.Yield()); // What began there has gone on.
        Assert.Equal(0, work.Done);
        clock.Advance(TimeSpan.FromSeconds(1));
        var first = await work.NextAsync();
        clock.Advance(Interval);
        var second = await work.NextAsync();
        await work.StopAsync(Cancellation);

        Assert.Equal("Gatehouse upkeep", first.Name);
        Assert.Same(first, second);
        Assert.Equal(2, work.Done);
        Assert.True(work.ExecuteTask!.IsCompleted);
    }

    [Fact]
    public async Task What_it_throws_is_told_to_the_host_as_of_any_service()
    {
        var clock = new Clock();
        using var work = new Threads(clock) { Throws = new InvalidDataException("failed") };
        await BeginAsync(work, clock);
        clock.Advance(Interval);

        await Assert.ThrowsAsync<InvalidDataException>(() => work.ExecuteTask!.WaitAsync(Interval, Cancellation));
    }

    [Fact]
    public async Task A_store_that_is_away_is_told_and_tried_again()
    {
        var clock = new Clock();
        using var work = new Threads(clock) { Throws = new TimeoutException("away") };
        await BeginAsync(work, clock);
        clock.Advance(Interval);
        Assert.Equal("away", await work.Told.Reader.ReadAsync(Cancellation));
        clock.Advance(Interval);
        await work.NextAsync();
        await work.StopAsync(Cancellation);

        Assert.Equal((1, 0), (work.Done, work.Told.Reader.Count));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 0)]
    public async Task What_is_left_is_done_at_the_end_where_that_is_asked(bool isAsked, int done)
    {
        using var work = new Threads(new Clock()) { Ends = isAsked };
        await work.StopAsync(Cancellation); // Also when it was stopped before it began.

        Assert.Equal(done, work.Done);
    }

    [Fact]
    public async Task A_store_that_is_away_at_the_end_is_told_and_ends_it()
    {
        using var work = new Threads(new Clock()) { Ends = true, Throws = new TimeoutException("away") };
        await work.StartAsync(Cancellation);
        await work.StopAsync(Cancellation);

        Assert.Equal("away", await work.Told.Reader.ReadAsync(Cancellation));
    }

    private static async Task BeginAsync(Threads work, Clock clock)
    {
        await work.StartAsync(Cancellation);
        await clock.IsAsked.WaitAsync(Cancellation);
    }

    /// <summary>Time that is moved on before anybody waits for it is not noticed.</summary>
    private sealed class Clock : FakeTimeProvider
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task IsAsked => _asked.Task;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            _asked.TrySetResult();
            return timer;
        }
    }

    private sealed class Threads(TimeProvider clock) : RegularWork(Interval, clock)
    {
        private readonly Channel<Thread> _threads = Channel.CreateUnbounded<Thread>();

        public Exception? Throws { get; set; }

        public Channel<string> Told { get; } = Channel.CreateUnbounded<string>();

        public bool Ends { get; init; }

        public int Done { get; private set; }

        public async Task<Thread> NextAsync() => await _threads.Reader.ReadAsync(Cancellation);

        protected override bool IsDoneAtTheEnd => Ends;

        protected override async Task WorkAsync(CancellationToken cancellation)
        {
            await Task.Yield();
            if (Throws is { } exception)
            {
                Throws = null;
                throw exception;
            }
            Done++;
            await _threads.Writer.WriteAsync(Thread.CurrentThread, cancellation);
        }

        protected override void TellDelayed(Exception exception) => Told.Writer.TryWrite(exception.Message);
    }
}
