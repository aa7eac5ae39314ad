using System.Buffers;
using System.Text.Json;

namespace Gatehouse.AuthServer.Issuing;

/// <summary>
/// Room of this thread in which a small text is composed before its bytes go elsewhere. What was written holds until the thread rents it again,
/// so nothing may be awaited in between.
/// </summary>
internal sealed class JsonScratch : IBufferWriter<byte>
{
    private const int MaxKept = 64 * 1024;

    [ThreadStatic]
    private static JsonScratch? _ofThread;

    private byte[] _buffer = new byte[2048];
    private int _length;

    private JsonScratch() => Json = new Utf8JsonWriter(this);

    /// <summary>Writes into it; what it wrote is there once it is flushed.</summary>
    public Utf8JsonWriter Json { get; }

    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    public static JsonScratch Rent()
    {
        var scratch = _ofThread ??= new JsonScratch();
        if (scratch._buffer.Length > MaxKept) scratch._buffer = new byte[2048];
        scratch._length = 0;
        scratch.Json.Reset(scratch);
        return scratch;
    }

    /// <summary>Wipes what was written: it held tokens.</summary>
    public void Wipe()
    {
        _buffer.AsSpan(0, _length).Clear();
        _length = 0;
    }

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var needed = _length + Math.Max(sizeHint, 1);
        if (needed > _buffer.Length) Grow(needed);
        return _buffer.AsMemory(_length);
    }

    // What is left behind held tokens too.
    private void Grow(int needed)
    {
        var outgrown = _buffer;
        _buffer = new byte[Math.Max(needed, 2 * outgrown.Length)];
        outgrown.AsSpan(0, _length).CopyTo(_buffer);
        outgrown.AsSpan().Clear();
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
}
