using System.Globalization;

namespace Labels;

/// <summary>What the label costs, and the figures it was computed from.</summary>
internal sealed record Postage
{
    /// <summary>The price with two decimals, as text, because a price is not a binary fraction.</summary>
    public required string Amount { get; init; }

    /// <summary>ISO 4217; always <c>USD</c>.</summary>
    public required string Currency { get; init; }

    /// <summary>1 (near) to 8 (far).</summary>
    public required int Zone { get; init; }

    /// <summary>Whole pounds charged: the weight, or the dimensional weight of a bulky parcel, rounded up.</summary>
    public required int BillablePounds { get; init; }

    public static Postage For(LabelRequest request)
    {
        var zone = ZoneBetween(request.From.Zip5(), request.To.Zip5());
        var pounds = Pounds(request.Weight, request.Dimensions);
        var level = ServiceLevel.Of(request.Service);
        var amount = level.FirstPound + level.FirstPoundPerZone * (zone - 1)
            + (pounds - 1) * (level.FurtherPound + level.FurtherPoundPerZone * zone);
        return new()
        {
            Amount = amount.ToString("0.00", CultureInfo.InvariantCulture),
            Currency = "USD",
            Zone = zone,
            BillablePounds = pounds,
        };
    }

    // A stand-in for a carrier's zone chart: ZIP prefixes ascend roughly from east to west, so their difference grows with the distance.
    private static int ZoneBetween(string from, string to)
    {
        var apart = Math.Abs(Prefix(from) - Prefix(to));
        ReadOnlySpan<int> furthest = [0, 50, 100, 200, 300, 450, 650];
        var zone = 1;
        foreach (var limit in furthest)
            if (apart > limit)
                zone++;
        return zone;
    }

    private static int Prefix(string zip) => int.Parse(zip.AsSpan(0, 3), CultureInfo.InvariantCulture);

    // Above one cubic foot, 166 cubic inches count as a pound at least.
    private static int Pounds(Weight weight, Dimensions? dimensions)
    {
        var pounds = Math.Ceiling(weight.InOunces() / 16);
        var volume = dimensions?.CubicInches() ?? 0;
        return (int)(volume > 12 * 12 * 12 ? Math.Max(pounds, Math.Ceiling(volume / 166)) : pounds);
    }
}
