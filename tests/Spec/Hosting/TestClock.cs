using Microsoft.Extensions.Time.Testing;

namespace Gatehouse.Tests.Spec.Hosting;

/// <summary>
/// A clock that the test moves. However far it jumps, what repeats is called once and sees where the clock stands then: a tick for every
/// interval in between would see the same time, and a day of them is a minute of work.
/// </summary>
public sealed class TestClock() : FakeTimeProvider(TimeProvider.System.GetUtcNow())
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (period <= TimeSpan.Zero) return base.CreateTimer(callback, state, dueTime, period);
        var seen = DateTimeOffset.MinValue;
        return base.CreateTimer(value =>
        {
            var now = GetUtcNow();
            if (now == seen) return;
            seen = now;
            callback(value);
        }, state, dueTime, period);
    }
}
