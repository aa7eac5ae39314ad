using System.Threading.RateLimiting;

namespace Gatehouse.Portal.Pages.Device;

/// <summary>Counts wrong user codes per person (RFC 8628 §5.1): with 34 bits and ten guesses in five minutes nobody finds another's device.</summary>
internal sealed class CodeGuesses : IDisposable
{
    public const int MaxFailures = 10;

    private readonly PartitionedRateLimiter<Guid> _failures = PartitionedRateLimiter.Create<Guid, Guid>(
        user => RateLimitPartition.GetSlidingWindowLimiter(user, _ => new SlidingWindowRateLimiterOptions
        {
            PermitLimit = MaxFailures, Window = TimeSpan.FromMinutes(5), SegmentsPerWindow = 5, QueueLimit = 0,
        }));

    public bool Allows(Guid user)
    {
        using var lease = _failures.AttemptAcquire(user, permitCount: 0);
        return lease.IsAcquired;
    }

    public void CountFailure(Guid user) => _failures.AttemptAcquire(user).Dispose();

    public void Dispose() => _failures.Dispose();
}
