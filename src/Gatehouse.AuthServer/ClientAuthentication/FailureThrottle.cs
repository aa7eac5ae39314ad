using System.Net;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Registry;

namespace Gatehouse.AuthServer.ClientAuthentication;

/// <summary>
/// Slows repeated wrong secrets, per <c>client_id</c> as sent and source address. A right secret is never slowed: whoever has it is the
/// application, however many wrong ones came from beside it.
/// </summary>
public sealed class FailureThrottle(TimeProvider clock)
{
    /// <summary>This many failures are answered at full speed.</summary>
    public const int FreeFailures = 5;

    /// <summary>The longest wait between two answered failures.</summary>
    public static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(60);

    /// <summary>After this long without a failure everything is forgiven.</summary>
    public static readonly TimeSpan Forgiveness = TimeSpan.FromMinutes(15);

    private readonly GenerationCache<(string ClientId, IPAddress Source), Failures> _failures = new(capacity: 20_000);

    /// <summary>Counts a failure.</summary>
    /// <returns>How long the caller must wait when this one came too soon, else null.</returns>
    public TimeSpan? Count(string clientId, IPAddress source)
    {
        var key = (clientId.Length <= 128 ? clientId : clientId[..128], SourceNetwork.Of(source));
        if (!_failures.TryGet(key, out var failures)) _failures.Set(key, failures = new Failures());
        var now = clock.GetUtcNow();
        lock (failures)
        {
            if (now - failures.Last > Forgiveness) failures.Number = 0;
            if (now < failures.NotBefore) return failures.NotBefore - now;
            failures.Number++;
            failures.Last = now;
            if (failures.Number >= FreeFailures)
            {
                var seconds = Math.Min(MaxWait.TotalSeconds, Math.Pow(2, failures.Number - FreeFailures));
                failures.NotBefore = now.AddSeconds(seconds);
            }
            return null;
        }
    }

    private sealed class Failures
    {
        public int Number { get; set; }

        public DateTimeOffset Last { get; set; }

        public DateTimeOffset NotBefore { get; set; }
    }
}
