using System.Net;
using System.Threading.RateLimiting;
using Gatehouse.Protocol.Vocabulary;

namespace Gatehouse.Portal.Sessions;

/// <summary>
/// Limits guessing beside the lockout of single accounts: wrong passwords per source address (one password tried on many accounts), and
/// attempts at once per account. Right passwords cost nothing.
/// </summary>
internal sealed class AttemptPace : IDisposable
{
    /// <summary>Wrong passwords from one source in <see cref="Window"/>.</summary>
    public const int MaxFailures = 60;

    private const int MaxWaiting = 8;

    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly PartitionedRateLimiter<IPAddress> _failures = PartitionedRateLimiter.Create<IPAddress, IPAddress>(
        source => RateLimitPartition.GetSlidingWindowLimiter(SourceNetwork.Of(source), _ => new SlidingWindowRateLimiterOptions
        {
            PermitLimit = MaxFailures, Window = Window, SegmentsPerWindow = 5, QueueLimit = 0,
        }));

    private readonly PartitionedRateLimiter<string> _turns = PartitionedRateLimiter.Create<string, string>(
        account => RateLimitPartition.GetConcurrencyLimiter(account, _ => new ConcurrencyLimiterOptions
        {
            PermitLimit = 1, QueueLimit = MaxWaiting,
        }));

    public bool Allows(IPAddress source)
    {
        using var lease = _failures.AttemptAcquire(source, permitCount: 0);
        return lease.IsAcquired;
    }

    public void CountFailure(IPAddress source) => _failures.AttemptAcquire(source).Dispose();

    /// <summary>Waits for the account's turn; not acquired when too many wait already. The caller disposes it.</summary>
    public ValueTask<RateLimitLease> TakeTurnAsync(string account, CancellationToken cancellation) =>
        _turns.AcquireAsync(account, cancellationToken: cancellation);

    public void Dispose()
    {
        _failures.Dispose();
        _turns.Dispose();
    }
}
