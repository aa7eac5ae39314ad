using System.Net.Http.Json;

namespace Gatehouse.Client;

/// <summary>Tells which request bodies can be sent a second time.</summary>
internal static class Replay
{
    public static bool IsPossible(HttpContent? content) => content switch
    {
        null => true,
        ByteArrayContent or ReadOnlyMemoryContent => true,
        // Serialized anew from the value it holds.
        JsonContent => true,
        // Rewinds itself when its stream can seek; a body buffered by LoadIntoBufferAsync shows itself as a stream that can.
        StreamContent => content.ReadAsStream().CanSeek,
        MultipartContent parts => parts.All(IsPossible),
        // Anything else may be generated once only; a truncated body is worse than a 401.
        _ => false,
    };
}
