using System.Numerics;

namespace Gatehouse.Bench.Harness.Load.Open;

/// <summary>Counts of times in buckets that are 1.6 % of their value wide, from 1 µs on: recording costs nothing and allocates nothing.</summary>
internal sealed class Histogram
{
    private const int Bits = 6;
    private const int PerOctave = 1 << Bits;
    private const int Octaves = 26;

    private readonly uint[] _counts = new uint[Octaves * PerOctave];

    public long Count { get; private set; }

    /// <summary>Microseconds, exact.</summary>
    public long Max { get; private set; }

    public void Add(long micros)
    {
        micros = Math.Max(0, micros);
        _counts[Math.Min(PlaceOf(micros), _counts.Length - 1)]++;
        Count++;
        if (micros > Max) Max = micros;
    }

    /// <summary>The time that this share of all stays within, in milliseconds.</summary>
    public double Milliseconds(double share) =>
        MillisecondsAmong(share, Count) ?? Max / 1e3;

    /// <summary>The same with more than it has counted, all of which are longer; null: it is one of those.</summary>
    public double? MillisecondsAmong(double share, long all)
    {
        var left = (long)Math.Ceiling(share * all);
        for (var place = 0; place < _counts.Length; place++)
            if (_counts[place] > 0 && (left -= _counts[place]) <= 0) return Math.Min(Max, EndOf(place)) / 1e3;
        return null;
    }

    // The first buckets are one microsecond each; from then on each octave is cut into as many.
    private static int PlaceOf(long micros)
    {
        if (micros < PerOctave) return (int)micros;
        var octave = BitOperations.Log2((ulong)micros) - Bits;
        return ((octave + 1) << Bits) + (int)((micros >> octave) - PerOctave);
    }

    private static long EndOf(int place)
    {
        if (place < PerOctave) return place;
        var octave = (place >> Bits) - 1;
        return ((((long)place & (PerOctave - 1)) + PerOctave + 1) << octave) - 1;
    }
}
