namespace Gatehouse.Client;

/// <summary>How long the token endpoint is left alone after failures: 1 s, doubling to 30 s, or what the server asks for in Retry-After
/// (at most 5 minutes). Not thread-safe: it lives under the lock of <see cref="AccessTokenSource"/>.</summary>
internal sealed class Backoff(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(5);

    private TokenFailure? _last;
    private long _failedAt;
    private TimeSpan _pause;
    private TimeSpan _next = First;

    public void Reset() => (_last, _next) = (null, First);

    public void Add(TokenFailure failure)
    {
        // Up to a quarter shorter: callers that failed together come back one by one.
        var pause = _next * Jitter.Between(0.75, 1);
        if (failure.RetryAfter is { } asked)
        {
            // Up to a tenth longer: a server that asked for time gets it in full.
            var granted = (asked < LongestRetryAfter ? asked : LongestRetryAfter) * Jitter.Between(1, 1.1);
            pause = granted > pause ? granted : pause;
        }

        (_last, _failedAt, _pause) = (failure, time.GetTimestamp(), pause);
        _next = _next * 2 < Longest ? _next * 2 : Longest;
    }

    /// <summary>The failure that still stands, as an exception for one caller; null when the server may be asked.</summary>
    public AccessTokenException? Standing()
    {
        if (_last is not { } failure)
            return null;
        var left = _pause - time.GetElapsedTime(_failedAt);
        return left > TimeSpan.Zero ? new AccessTokenException(failure, left) : null;
    }
}
