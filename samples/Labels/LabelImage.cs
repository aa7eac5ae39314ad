using System.Globalization;
using System.Xml.Linq;

namespace Labels;

/// <summary>
/// Draws the label: 4 by 6 inches, a hundredth of an inch to the unit, black on white for a thermal printer. The picture is built as XML
/// elements, never as text, so that nothing a sender types can become markup.
/// </summary>
internal static class LabelImage
{
    public const string MediaType = "image/svg+xml";

    private const int Width = 400;
    private const int Height = 600;
    private const int Margin = 16;
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    public static string Draw(Label label)
    {
        var level = ServiceLevel.Of(label.Service);
        return new XElement(
            Svg + "svg",
            new XAttribute("width", "4in"),
            new XAttribute("height", "6in"),
            new XAttribute("viewBox", $"0 0 {Width} {Height}"),
            new XAttribute("font-family", "Helvetica, Arial, sans-serif"),
            new XElement(Svg + "title", $"{level.Banner} {TrackingNumber.Grouped(label.TrackingNumber)}"),
            Box(0, 0, Width, Height, "white"),
            Corner(label, level),
            Banner(level),
            Sender(label),
            Recipient(label),
            Tracking(label),
            Frame()).ToString(SaveOptions.DisableFormatting);
    }

    private static IEnumerable<XElement> Corner(Label label, ServiceLevel level) =>
    [
        Text(50, 86, 92, level.Banner[..1], bold: true, anchor: "middle"),
        Line(100, 4, 100, 104),
        Text(384, 26, 9, "POSTAGE", anchor: "end"),
        Text(384, 54, 26, $"{label.Postage.Amount} {label.Postage.Currency}", bold: true, anchor: "end"),
        Text(384, 74, 11, Invariant($"MAILED {label.Created.UtcDateTime:yyyy-MM-dd}"), anchor: "end"),
        Text(384, 90, 11, Invariant($"{label.Postage.BillablePounds} LB, ZONE {label.Postage.Zone}"), anchor: "end"),
    ];

    private static IEnumerable<XElement> Banner(ServiceLevel level) =>
    [
        Box(0, 104, Width, 44, "black"),
        Text(Width / 2, 137, 30, level.Banner, bold: true, anchor: "middle", fill: "white"),
    ];

    private static IEnumerable<XElement> Sender(Label label) =>
    [
        .. Block(label.From.Lines(), Margin, top: 170, size: 11, width: 230),
        Text(384, 170, 9, "EXPECTED DELIVERY", anchor: "end"),
        Text(384, 188, 15, label.EstimatedDelivery.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), bold: true, anchor: "end"),
    ];

    private static IEnumerable<XElement> Recipient(Label label) =>
    [
        Text(Margin, 264, 11, "SHIP TO:", bold: true),
        .. Block(label.To.Lines(), 40, top: 288, size: 18, width: Width - 40 - Margin),
    ];

    private static IEnumerable<XElement> Tracking(Label label)
    {
        const int top = 426;
        const double module = 1.6;
        var (bars, modules) = Barcode.Draw(Barcode.Symbols($"420{label.To.Zip5()}", label.TrackingNumber));
        var left = (Width - modules * module) / 2;
        return
        [
            Box(0, 386, Width, 4, "black"),
            Text(Width / 2, 412, 14, "TRACKING NUMBER", bold: true, anchor: "middle"),
            new XElement(
                Svg + "g",
                new XAttribute("class", "barcode"),
                bars.Select(bar => Box(left + bar.Left * module, top, bar.Width * module, 104, "black"))),
            Text(Width / 2, 550, 15, TrackingNumber.Grouped(label.TrackingNumber), bold: true, anchor: "middle"),
            Box(0, 564, Width, 4, "black"),
            Text(Width / 2, 586, 11, "SAMPLE: NO POSTAGE VALUE", anchor: "middle"),
        ];
    }

    private static XElement Frame() => new(
        Svg + "rect",
        Attributes(
            ("x", 2), ("y", 2), ("width", Width - 4), ("height", Height - 4), ("fill", "none"), ("stroke", "black"), ("stroke-width", 4)));

    private static IEnumerable<XElement> Block(IEnumerable<string> lines, int left, int top, int size, int width) =>
        lines.Select((line, i) => Text(left, top + i * size * 1.2, Math.Min(size, width / Ems(line)), line));

    // A long line shrinks until it fits. The widths are those of Helvetica capitals, rounded up.
    private static double Ems(string line) => line.Sum(character => character switch
    {
        ' ' or '.' or ',' or '\'' or 'I' or '-' => 0.34,
        'M' or 'W' or '@' or '%' or '&' => 0.95,
        >= '0' and <= '9' => 0.56,
        > '\u2E80' => 1,
        _ => 0.75,
    });

    private static XElement Text(
        double x, double y, double size, string text, bool bold = false, string anchor = "start", string fill = "black") => new(
        Svg + "text",
        Attributes(
            ("x", x), ("y", y), ("font-size", size), ("font-weight", bold ? "bold" : "normal"), ("text-anchor", anchor), ("fill", fill)),
        text);

    private static XElement Line(double x1, double y1, double x2, double y2) => new(
        Svg + "line", Attributes(("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2), ("stroke", "black"), ("stroke-width", 4)));

    private static XElement Box(double x, double y, double width, double height, string fill) => new(
        Svg + "rect", Attributes(("x", x), ("y", y), ("width", width), ("height", height), ("fill", fill)));

    private static IEnumerable<XAttribute> Attributes(params (string Name, object Value)[] attributes) =>
        attributes.Select(attribute => new XAttribute(
            attribute.Name, attribute.Value is double number ? Math.Round(number, 2) : attribute.Value));

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
