namespace Gatehouse.Composition;

/// <summary>The objects of the second generation, and those that are large or pinned, as the last collection of any kind saw them.</summary>
/// <param name="Largest">Bytes in use of the kind that has most.</param>
/// <param name="Bytes">Bytes in use of all kinds.</param>
/// <param name="BytesLeft">What the last collection of the whole heap has left of them; 0: there was none yet.</param>
internal readonly record struct OldObjects(long Largest, long Bytes, long BytesLeft)
{
    public static OldObjects Look()
    {
        var (inOneGo, beside) = (GC.GetGCMemoryInfo(GCKind.FullBlocking), GC.GetGCMemoryInfo(GCKind.Background));
        var (largest, bytes) = Count(GC.GetGCMemoryInfo(GCKind.Any));
        return new OldObjects(largest, bytes, LeftBy((inOneGo.Index, Count(inOneGo).Bytes), (beside.Index, Count(beside).Bytes)));
    }

    // The same number twice: it was begun beside the requests, of which there are no figures then, and made in one go.
    internal static long LeftBy((long Index, long Bytes) inOneGo, (long Index, long Bytes) beside) =>
        inOneGo.Index >= beside.Index ? inOneGo.Bytes : beside.Bytes;

    private static (long Largest, long Bytes) Count(GCMemoryInfo collection)
    {
        var (largest, bytes) = (0L, 0L);
        foreach (var kind in collection.GenerationInfo[2..])
        {
            var used = kind.SizeAfterBytes - kind.FragmentationAfterBytes;
            (largest, bytes) = (Math.Max(largest, used), bytes + used);
        }
        return (largest, bytes);
    }
}
