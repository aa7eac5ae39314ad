using System.Globalization;
using System.Text.Json;
using System.Xml.Linq;
using Labels;

namespace Gatehouse.Tests.Labels;

public sealed class LabelImageTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public async Task What_a_sender_types_stays_text()
    {
        const string hostile = "</text><script>a('b\"&amp;')</script>";
        await using var server = await LabelsServer.StartAsync();
        var order = LabelsServer.Order();
        order["from"]!["name"] = hostile;
        order["to"]!["street2"] = hostile;

        var svg = Picture(await server.BuyAsync(order));

        var elements = svg.Descendants().Select(element => element.Name.LocalName).Distinct().Order();
        Assert.Equal(["g", "line", "rect", "text", "title"], elements);
        Assert.Equal(2, svg.Elements(Svg + "text").Count(text => text.Value.Equals(hostile, StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public async Task It_is_4_by_6_inches_and_names_everything_that_a_carrier_reads()
    {
        await using var server = await LabelsServer.StartAsync();
        var label = await server.BuyAsync(LabelsServer.Order());

        var svg = Picture(label);

        Assert.Equal(("4in", "6in"), (svg.Attribute("width")?.Value, svg.Attribute("height")?.Value));
        var lines = svg.Elements(Svg + "text").Select(text => text.Value).ToList();
        Assert.Contains("GROUND", lines);
        Assert.Contains("8.75 USD", lines);
        Assert.Contains("PORTLAND ME 04101", lines);
        Assert.Contains("BOULDER CO 80304", lines);
        Assert.Contains(lines, line => line.Replace(" ", "", StringComparison.Ordinal) == label.GetProperty("tracking_number").GetString());
    }

    [Fact]
    public async Task A_scanner_reads_the_destination_and_the_tracking_number()
    {
        await using var server = await LabelsServer.StartAsync();
        var label = await server.BuyAsync(LabelsServer.Order());

        var symbols = Scan(Picture(label));

        Assert.Equal(Barcode.Symbols("42080304", label.GetProperty("tracking_number").GetString()!), symbols);
    }

    [Fact]
    public async Task A_long_line_shrinks_and_a_short_one_does_not()
    {
        await using var server = await LabelsServer.StartAsync();
        var order = LabelsServer.Order();
        order["to"]!["name"] = new string('W', 40);

        var svg = Picture(await server.BuyAsync(order));

        var sizes = svg.Elements(Svg + "text").ToLookup(text => text.Value, text => Number(text, "font-size"));

        Assert.Equal(18, sizes["2190 JUNIPER AVENUE"].Single());
        Assert.InRange(sizes[new string('W', 40)].Single(), 8, 10);
    }

    private static XElement Picture(JsonElement label) => XElement.Parse(label.GetProperty("label").GetProperty("data").GetString()!);

    // Bars and the gaps between them, in modules; six to a symbol, and the stop symbol's seven.
    private static List<int> Scan(XElement svg)
    {
        const double module = 1.6;
        var bars = svg.Elements(Svg + "g").Single(group => group.Attribute("class")?.Value == "barcode").Elements(Svg + "rect").ToList();
        var edges = bars.SelectMany(bar => new[] { Number(bar, "x"), Number(bar, "x") + Number(bar, "width") }).ToList();
        var widths = edges.Zip(edges.Skip(1), (left, right) => (int)Math.Round((right - left) / module)).ToList();
        var values = Enumerable.Range(0, 107).ToDictionary(BarcodeTests.Pattern);
        return [.. widths[..^1].Chunk(6).SkipLast(1).Append([.. widths[^7..]]).Select(symbol => values[string.Concat(symbol)])];
    }

    private static double Number(XElement element, string attribute) =>
        double.Parse(element.Attribute(attribute)!.Value, CultureInfo.InvariantCulture);
}
