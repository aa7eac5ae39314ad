using System.Net;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Registry;

namespace Gatehouse.AuthServer.Requests;

/// <summary>Counts per source what strangers may cause but not without end: so many in a window of time, per node.</summary>
/// <param name="permits">How many in one window.</param>
/// <param name="window">How long a window is; it begins with the first one.</param>
/// <param name="clock">Tells the time.</param>
public abstract class SourcePace(int permits, TimeSpan window, TimeProvider clock)
{
    private readonly GenerationCache<IPAddress, Count> _counts = new(capacity: 20_000);

    /// <summary>Counts one.</summary>
    /// <returns>Null, or how long the source must wait.</returns>
    public TimeSpan? Take(IPAddress? source)
    {
        var key = SourceNetwork.Of(source ?? IPAddress.None);
        if (!_counts.TryGet(key, out var count)) _counts.Set(key, count = new Count());
        var now = clock.GetUtcNow();
        lock (count)
        {
            if (now - count.Since >= window) (count.Since, count.Number) = (now, 0);
            if (count.Number >= permits) return count.Since + window - now;
            count.Number++;
            return null;
        }
    }

    private sealed class Count
    {
        public DateTimeOffset Since { get; set; }

        public int Number { get; set; }
    }
}

/// <summary>Registrations, and client documents not seen before.</summary>
public sealed class RegistrationPace(AuthServerOptions options, TimeProvider clock)
    : SourcePace(options.Registration.PerHour, TimeSpan.FromHours(1), clock);

/// <summary>Authorization and device requests of whoever knows a <c>client_id</c>: each keeps a row for minutes.</summary>
public sealed class UnprovenRequestPace(AuthServerOptions options, TimeProvider clock)
    : SourcePace(options.UnprovenRequestsPerMinute, TimeSpan.FromMinutes(1), clock);
