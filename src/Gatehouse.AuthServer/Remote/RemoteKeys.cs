using System.Collections.Concurrent;
using Gatehouse.Protocol.Jose;
using Gatehouse.Store.Signatures;

namespace Gatehouse.AuthServer.Remote;

/// <summary>
/// The keys that others publish under a URL. They are remembered for minutes; an unknown <c>kid</c> makes this server look again, but not more
/// often than every half minute, so that nobody can make it ask without end; and while their server is away the last ones go on counting.
/// </summary>
public sealed class RemoteKeys(RemoteDocuments documents, TimeProvider clock)
{
    private const int MaxRemembered = 10_000;

    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Stale = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, Source> _sources = new(StringComparer.Ordinal);

    /// <param name="url">Where the set is published.</param>
    /// <param name="kid">The key that is looked for; null for any.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <returns>The set; empty when there is none to be had.</returns>
    public async ValueTask<JwkSet> FindAsync(string url, string? kid, CancellationToken cancellation)
    {
        if (_sources.Count > MaxRemembered) _sources.Clear();
        var source = _sources.GetOrAdd(url, _ => new Source());
        var known = source.Known;
        if (IsEnough(known, kid)) return known.Keys;
        await source.Turn.WaitAsync(cancellation);
        try
        {
            if (!ReferenceEquals(source.Known, known) && IsEnough(source.Known, kid)) return source.Known.Keys;
            // Not ended by the caller: who breaks off in the middle could otherwise make us ask again at once, and again.
            var text = await documents.FetchAsync(url, CancellationToken.None);
            var now = clock.GetUtcNow();
            source.Known = text is not null && JwkSet.TryParse(text, SignatureLibrary.Instance, out var keys, RemoteDocuments.MaxBytes)
                ? new Found(keys, now, now)
                : known with { TriedAt = now, Keys = now - known.FetchedAt < Stale ? known.Keys : JwkSet.Empty };
            return source.Known.Keys;
        }
        finally
        {
            source.Turn.Release();
        }
    }

    private bool IsEnough(Found known, string? kid)
    {
        var now = clock.GetUtcNow();
        return now - known.TriedAt < Pause || (now - known.FetchedAt < Fresh && (kid is null || known.Keys.Contains(kid)));
    }

    private sealed record Found(JwkSet Keys, DateTimeOffset FetchedAt, DateTimeOffset TriedAt);

    private sealed class Source
    {
        private Found _known = new(JwkSet.Empty, DateTimeOffset.MinValue, DateTimeOffset.MinValue);

        // Never disposed: nothing of it needs that as long as its wait handle is not asked for.
        public SemaphoreSlim Turn { get; } = new(1, 1);

        public Found Known
        {
            get => Volatile.Read(ref _known);
            set => Volatile.Write(ref _known, value);
        }
    }
}
