using Labels;

namespace Gatehouse.Tests.Labels;

public sealed class BarcodeTests
{
    [Theory]
    [InlineData(0, "212222")]
    [InlineData(102, "411131")]
    [InlineData(105, "211232")]
    [InlineData(106, "2331112")]
    public void Known_symbols_have_their_known_pattern(int symbol, string widths) => Assert.Equal(widths, Pattern(symbol));

    [Fact]
    public void Every_symbol_has_11_modules_an_even_number_of_them_dark_and_a_pattern_of_its_own()
    {
        var patterns = Enumerable.Range(0, 106).Select(Pattern).ToList();

        Assert.All(patterns, pattern => Assert.Equal(11, pattern.Sum(width => width - '0')));
        Assert.All(patterns, pattern => Assert.Equal(0, pattern.Where((_, i) => i % 2 == 0).Sum(width => width - '0') % 2));
        Assert.Equal(106, patterns.Distinct().Count());
    }

    [Fact]
    public void The_check_symbol_is_the_weighted_sum_modulo_103() =>
        // 105 + 1x102 + 2x42 + 3x08 + 4x03 + 5x04 = 347 = 3x103 + 38
        Assert.Equal([105, 102, 42, 08, 03, 04, 38, 106], Barcode.Symbols("42080304"));

    [Fact]
    public void Elements_are_kept_apart_by_FNC1() =>
        Assert.Equal([105, 102, 12, 102, 34], Barcode.Symbols("12", "34").SkipLast(2));

    /// <summary>Widths of bar, space, bar, … of one symbol as it is drawn.</summary>
    internal static string Pattern(int symbol)
    {
        var (bars, width) = Barcode.Draw([symbol]);
        var edges = bars.SelectMany(bar => new[] { bar.Left, bar.Left + bar.Width }).Append(width).Distinct().ToList();
        return string.Concat(edges.Zip(edges.Skip(1), (left, right) => right - left));
    }
}
