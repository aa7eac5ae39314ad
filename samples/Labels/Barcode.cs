using System.Globalization;

namespace Labels;

/// <summary>
/// Code 128 (ISO/IEC 15417), set C, as GS1-128: two digits to a symbol. Every element begins with FNC1, so that a scanner tells the
/// destination ZIP from the tracking number.
/// </summary>
internal static class Barcode
{
    private const int Fnc1 = 102;
    private const int StartC = 105;
    private const int Stop = 106;

    // Widths of bar, space, bar, space, bar, space in modules, by symbol value; the stop symbol has one bar more.
    private static readonly string[] Widths =
    [
        "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213",
        "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132",
        "221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
        "212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
        "231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331",
        "231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
        "314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
        "112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
        "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
        "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141",
        "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
    ];

    /// <summary>Symbol values of the elements, each an even number of digits, with start, check and stop symbol.</summary>
    public static IReadOnlyList<int> Symbols(params ReadOnlySpan<string> elements)
    {
        List<int> symbols = [StartC];
        foreach (var element in elements)
        {
            symbols.Add(Fnc1);
            for (var i = 0; i < element.Length; i += 2)
                symbols.Add(int.Parse(element.AsSpan(i, 2), NumberStyles.None, CultureInfo.InvariantCulture));
        }

        // The start symbol weighs 1, and so does the first one after it.
        var sum = symbols[0];
        for (var i = 1; i < symbols.Count; i++)
            sum += i * symbols[i];
        return [.. symbols, sum % 103, Stop];
    }

    /// <summary>The dark bars from left to right, in modules, and the width of the whole.</summary>
    public static (IReadOnlyList<(int Left, int Width)> Bars, int Width) Draw(IEnumerable<int> symbols)
    {
        List<(int, int)> bars = [];
        var left = 0;
        var dark = true;
        foreach (var width in symbols.SelectMany(symbol => Widths[symbol]).Select(digit => digit - '0'))
        {
            if (dark)
                bars.Add((left, width));
            left += width;
            dark = !dark;
        }

        return (bars, left);
    }
}
