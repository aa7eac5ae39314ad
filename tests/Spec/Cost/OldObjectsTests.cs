using Gatehouse.Composition;

namespace Gatehouse.Tests.Spec.Cost;

/// <summary>What is old, by the runtime's own figures.</summary>
[Collection(CountedAlone.Name)]
public sealed class OldObjectsTests
{
    private const long Mebibyte = 1024 * 1024;
    private const long Others = 3 * Mebibyte; // What else in this process may have become old meanwhile.

    [Fact]
    public void They_grow_by_what_survives_until_the_whole_heap_is_collected()
    {
        GC.Collect();
        var before = OldObjects.Look();
        var kept = Enumerable.Range(0, 8 * 1024).Select(_ => new byte[1024 - 24]).ToList();
        GC.Collect(1);
        GC.Collect(1); // Twice survived: old.
        var grown = OldObjects.Look();
        GC.Collect();
        var after = OldObjects.Look();
        GC.KeepAlive(kept);

        Assert.InRange(before.Bytes - before.BytesLeft, 0, Others);
        Assert.InRange(grown.Bytes - grown.BytesLeft, 8 * Mebibyte, (8 * Mebibyte) + Others);
        Assert.InRange(after.Bytes - after.BytesLeft, 0, Others);
        Assert.InRange(after.Largest, 8 * Mebibyte, after.Bytes);
    }
}
