using System.Threading.RateLimiting;

namespace Gatehouse.Portal.Pages.Device;

/// <summary>
/// Counts wrong user codes per person (RFC 8628 §5.1): with 34 bits and ten guesses in five minutes nobody finds another's device.
/// Codes in addresses and in forms count apart, and both are bounded.
/// </summary>
internal sealed class CodeGuesses : IDisposable
{
    public const int MaxFailures = 10;

    private readonly PartitionedRateLimiter<(Guid User, bool IsForm)> _failures = PartitionedRateLimiter.Create<(Guid User, bool IsForm), (Guid User, bool IsForm)>(
        key => RateLimitPartition.GetSlidingWindowLimiter(key, _ => new SlidingWindowRateLimiterOptions
        {
            PermitLimit = MaxFailures, Window = TimeSpan.FromMinutes(5), SegmentsPerWindow = 5, QueueLimit = 0,
        }));

    public bool Allows(Guid user, bool isForm)
    {
        using var lease = _failures.AttemptAcquire((user, isForm), permitCount: 0);
        return lease.IsAcquired;
    }

    public void CountFailure(Guid user, bool isForm) => _failures.AttemptAcquire((user, isForm)).Dispose();

    public void Dispose() => _failures.Dispose();
}
