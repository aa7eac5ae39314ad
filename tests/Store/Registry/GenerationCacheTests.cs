using Gatehouse.Store.Registry;

namespace Gatehouse.Tests.Store.Registry;

public sealed class GenerationCacheTests
{
    [Fact]
    public void It_never_holds_more_than_its_capacity()
    {
        var cache = new GenerationCache<int, int>(100);
        for (var number = 0; number < 10_000; number++)
        {
            cache.Set(number, number);
            Assert.InRange(cache.Count, 1, 100);
        }
    }

    [Fact]
    public void What_is_used_survives_a_flood()
    {
        var cache = new GenerationCache<int, int>(100);
        cache.Set(-1, 42);
        for (var number = 0; number < 10_000; number++)
        {
            cache.Set(number, number);
            Assert.True(cache.TryGet(-1, out var value));
            Assert.Equal(42, value);
        }
    }

    [Fact]
    public void What_is_not_used_is_dropped()
    {
        var cache = new GenerationCache<int, int>(100);
        cache.Set(-1, 42);
        for (var number = 0; number < 100; number++) cache.Set(number, number);
        Assert.False(cache.TryGet(-1, out _));
    }

    [Fact]
    public void What_is_removed_or_cleared_is_gone_from_both_generations()
    {
        var cache = new GenerationCache<int, int>(4);
        for (var number = 0; number < 4; number++) cache.Set(number, number);
        Assert.True(cache.TryGet(0, out _)); // Now in both.
        cache.Remove(0);
        Assert.False(cache.TryGet(0, out _));
        cache.Clear();
        Assert.Equal(0, cache.Count);
        Assert.False(cache.TryGet(3, out _));
    }

    [Fact]
    public void To_set_what_is_there_drops_nothing()
    {
        var cache = new GenerationCache<int, int>(4);
        for (var number = 0; number < 4; number++) cache.Set(number, number);
        for (var round = 0; round < 10; round++) cache.Set(3, round);

        Assert.True(cache.TryGet(0, out _));
        Assert.True(cache.TryGet(3, out var value));
        Assert.Equal(9, value);
    }

    [Fact]
    public async Task A_removed_value_does_not_come_back_under_concurrent_reads()
    {
        var cache = new GenerationCache<int, int>(64);
        using var stop = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
                for (var key = 0; key < 32; key++) cache.TryGet(key, out var _);
        })).ToList();
        for (var round = 0; round < 2_000; round++)
        {
            var key = round % 32;
            cache.Set(key, round);
            cache.Set(1_000 + round, round); // Turns the generations over.
            cache.Remove(key);
            Assert.False(cache.TryGet(key, out _));
        }
        await stop.CancelAsync();
        await Task.WhenAll(readers).WaitAsync(TimeSpan.FromSeconds(30));
    }
}
