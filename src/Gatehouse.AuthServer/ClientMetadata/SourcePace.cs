using System.Net;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Registry;

namespace Gatehouse.AuthServer.ClientMetadata;

/// <summary>Counts per source what strangers may cause but not without end: so many in an hour, per node.</summary>
public sealed class SourcePace(AuthServerOptions options, TimeProvider clock)
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

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
            if (now - count.Since >= Window) (count.Since, count.Number) = (now, 0);
            if (count.Number >= options.Registration.PerHour) return count.Since + Window - now;
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
