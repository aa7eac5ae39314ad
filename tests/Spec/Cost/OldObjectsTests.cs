using Gatehouse.Composition;

namespace Gatehouse.Tests.Spec.Cost;

/// <summary>What is old, by the runtime's own figures.</summary>
[Collection(CountedAlone.Name)]
public sealed class OldObjectsTests
{
    private const long Mebibyte = 1024 * 1024;
    private const long Others = 3 * Mebibyte; // What else in this process may have become old, or have gone, meanwhile.
    private const int Tries = 10;

    [Fact]
    public void They_grow_by_what_survives_until_the_whole_heap_is_collected()
    {
        // The runtime may collect the whole heap whenever it likes: then it is tried again.
        var (before, grown, kept) = Enumerable.Range(0, Tries).Select(_ => Grow()).First(seen => seen.Grown.BytesLeft == seen.Before.BytesLeft);
        GC.Collect();
        var after = OldObjects.Look();
        GC.KeepAlive(kept);

        Assert.InRange(before.Bytes - before.BytesLeft, -Others, Others);
        Assert.InRange(grown.Bytes - grown.BytesLeft, 8 * Mebibyte - Others, 8 * Mebibyte + Others);
        Assert.InRange(after.Bytes - after.BytesLeft, -Others, Others);
        Assert.InRange(after.Largest, 8 * Mebibyte, after.Bytes);
    }

    [Theory]
    [InlineData(0, 0, 0)] // None yet.
    [InlineData(3, 2, 30)]
    [InlineData(2, 3, 20)]
    [InlineData(3, 3, 30)] // Begun beside the requests, which has no figures then, and made in one go.
    public void The_last_collection_counts(long inOneGo, long beside, long left)
    {
        Assert.Equal(left, OldObjects.LeftBy((inOneGo, inOneGo > 0 ? 30 : 0), (beside, beside == inOneGo ? 0 : 20)));
    }

    private static (OldObjects Before, OldObjects Grown, List<byte[]> Kept) Grow()
    {
        GC.Collect();
        var before = OldObjects.Look();
        var kept = Enumerable.Range(0, 8 * 1024).Select(_ => new byte[1024 - 24]).ToList();
        for (var tries = 0; tries < Tries && kept.Any(one => GC.GetGeneration(one) < 2); tries++) GC.Collect(1);
        return (before, OldObjects.Look(), kept);
    }
}
