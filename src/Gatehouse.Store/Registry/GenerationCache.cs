using System.Collections.Concurrent;

namespace Gatehouse.Store.Registry;

/// <summary>
/// A bounded cache in two generations: what is used moves to the young one; when that is full, the old one is dropped whole. Reads take no
/// lock, and eviction costs nothing per entry.
/// </summary>
/// <param name="capacity">The most entries it holds, 2 or more.</param>
/// <param name="comparer">Compares keys.</param>
public sealed class GenerationCache<TKey, TValue>(int capacity, IEqualityComparer<TKey>? comparer = null)
    where TKey : notnull
{
    private readonly IEqualityComparer<TKey> _comparer = comparer ?? EqualityComparer<TKey>.Default;
    private readonly Lock _turnover = new();
    private Generation _young = new(comparer ?? EqualityComparer<TKey>.Default);
    private Generation _old = new(comparer ?? EqualityComparer<TKey>.Default);

    /// <summary>An estimate: an entry on its way from old to young counts twice.</summary>
    public int Count => Volatile.Read(ref _young).Count + Volatile.Read(ref _old).Count;

    public bool TryGet(TKey key, out TValue value)
    {
        if (Volatile.Read(ref _young).Entries.TryGetValue(key, out value!)) return true;
        if (!Volatile.Read(ref _old).Entries.TryGetValue(key, out value!)) return false;
        Promote(key);
        return true;
    }

    public void Set(TKey key, TValue value)
    {
        lock (_turnover) Add(key, value);
    }

    public void Remove(TKey key)
    {
        lock (_turnover)
        {
            _young.Remove(key);
            _old.Remove(key);
        }
    }

    public void Clear()
    {
        lock (_turnover)
        {
            Volatile.Write(ref _young, new Generation(_comparer));
            Volatile.Write(ref _old, new Generation(_comparer));
        }
    }

    private void Promote(TKey key)
    {
        lock (_turnover)
        {
            // Something may have come in between: what was removed must not return, and what was replaced must not be put back.
            if (!_young.Entries.ContainsKey(key) && _old.Entries.TryGetValue(key, out var current)) Add(key, current);
        }
    }

    private void Add(TKey key, TValue value)
    {
        if (_young.Count >= Math.Max(1, capacity / 2) && !_young.Entries.ContainsKey(key))
        {
            Volatile.Write(ref _old, _young);
            Volatile.Write(ref _young, new Generation(_comparer));
        }
        _young.Set(key, value);
    }

    // ConcurrentDictionary.Count takes all its locks; the count is kept beside it.
    private sealed class Generation(IEqualityComparer<TKey> comparer)
    {
        private int _count;

        public ConcurrentDictionary<TKey, TValue> Entries { get; } = new(comparer);

        public int Count => Volatile.Read(ref _count);

        public void Set(TKey key, TValue value)
        {
            if (Entries.TryAdd(key, value)) Interlocked.Increment(ref _count);
            else Entries[key] = value;
        }

        public void Remove(TKey key)
        {
            if (Entries.TryRemove(key, out _)) Interlocked.Decrement(ref _count);
        }
    }
}
