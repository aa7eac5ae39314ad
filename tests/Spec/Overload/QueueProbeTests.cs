using Gatehouse.Admission;
using Gatehouse.Tests.Spec.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gatehouse.Tests.Spec.Overload;

/// <summary>How the wait is measured, and when it counts as overload: with a queue that the test empties and a clock that it moves.</summary>
public sealed class QueueProbeTests : IAsyncDisposable
{
    private static readonly TimeSpan Target = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Long = TimeSpan.FromMilliseconds(80);

    private readonly TestClock _clock = new();
    private readonly Queue<Action> _queue = [];
    private readonly AdmissionControl _admission;
    private readonly QueueProbe _probe;

    public QueueProbeTests()
    {
        _admission = new AdmissionControl(new AdmissionOptions { TargetWait = Target }, _clock, NullLogger<AdmissionControl>.Instance);
        _probe = new QueueProbe(_admission, _clock, _queue.Enqueue);
        _probe.StartAsync(CancellationToken.None).Wait();
    }

    public async ValueTask DisposeAsync()
    {
        await _probe.StopAsync(CancellationToken.None);
        _probe.Dispose();
    }

    [Fact]
    public void A_wait_that_stays_too_long_is_overload()
    {
        Look(Long);
        Look(Long);
        Assert.False(_admission.IsRefusing);
        Look(Long);
        Assert.True(_admission.IsRefusing);
    }

    [Fact]
    public void A_wait_within_the_target_is_none_however_long_it_stays()
    {
        for (var look = 0; look < 100; look++) Look(Target);
        Assert.False(_admission.IsRefusing);
    }

    [Fact]
    public void A_pause_is_none_however_long_it_is()
    {
        Look(TimeSpan.FromSeconds(5));
        Look(TimeSpan.Zero);
        Look(TimeSpan.FromSeconds(5));
        Look(TimeSpan.FromSeconds(5));
        Assert.False(_admission.IsRefusing);
    }

    [Fact]
    public void A_burst_of_less_than_100_milliseconds_is_none()
    {
        var admission = new AdmissionControl(new AdmissionOptions { TargetWait = TimeSpan.FromMilliseconds(1) }, _clock, NullLogger<AdmissionControl>.Instance);
        for (var look = 0; look < 10; look++) admission.Observe(TimeSpan.FromMilliseconds(99));
        Assert.False(admission.IsRefusing);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        admission.Observe(TimeSpan.FromMilliseconds(99));
        Assert.True(admission.IsRefusing);
    }

    [Fact]
    public void It_is_over_when_the_queue_is_short_once()
    {
        for (var look = 0; look < 10; look++) Look(Long);
        Look(Target);
        Assert.False(_admission.IsRefusing);
        Look(Long);
        Assert.False(_admission.IsRefusing);
    }

    [Theory]
    [InlineData(2, 0.125)]
    [InlineData(4, 0.234)]
    [InlineData(1024, 0.737)] // However overloaded, some are served.
    public void Each_doubling_of_the_wait_lets_an_eighth_less_through(double timesTarget, double share)
    {
        for (var look = 0; look < 3; look++) Look(timesTarget * Target);
        Assert.Equal(share, _admission.Share, tolerance: 0.001);
        Assert.Equal(share * 10_000, Enumerable.Range(0, 10_000).Count(_ => _admission.Refuses()), tolerance: 10);
    }

    [Fact]
    public void Never_more_than_one_probe_waits()
    {
        _clock.Advance(QueueProbe.Interval);
        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Single(_queue);
    }

    [Fact]
    public void With_a_target_of_zero_nothing_is_refused()
    {
        var admission = new AdmissionControl(new AdmissionOptions { TargetWait = TimeSpan.Zero }, _clock, NullLogger<AdmissionControl>.Instance);
        for (var look = 0; look < 100; look++) admission.Observe(TimeSpan.FromMinutes(1));
        Assert.False(admission.IsRefusing);
    }

    private void Look(TimeSpan wait)
    {
        _clock.Advance(QueueProbe.Interval);
        var arrive = _queue.Dequeue();
        _clock.Advance(wait);
        arrive();
    }
}
