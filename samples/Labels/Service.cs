using System.Text.Json.Serialization;

namespace Labels;

/// <summary>How fast the parcel travels: <c>ground</c> in 2 to 6 days, <c>priority</c> in 1 to 3, <c>express</c> in 1 to 2.</summary>
internal enum Service
{
    [JsonStringEnumMemberName("ground")] Ground,
    [JsonStringEnumMemberName("priority")] Priority,
    [JsonStringEnumMemberName("express")] Express,
}

/// <summary>One row of the rate table, and what the service is called on paper. Amounts are US dollars.</summary>
/// <param name="Code">Three digits in the tracking number. They are this sample's own, not those of a carrier.</param>
/// <param name="Banner">The name across the label; its first letter stands in the corner.</param>
/// <param name="FirstPound">Price of the first pound in zone 1.</param>
/// <param name="FirstPoundPerZone">Added for every zone beyond 1.</param>
/// <param name="FurtherPound">Price of every further pound.</param>
/// <param name="FurtherPoundPerZone">Added to every further pound, times the zone.</param>
/// <param name="Days">Days on the road, by zone 1 to 8.</param>
internal sealed record ServiceLevel(
    string Code,
    string Banner,
    decimal FirstPound,
    decimal FirstPoundPerZone,
    decimal FurtherPound,
    decimal FurtherPoundPerZone,
    int[] Days)
{
    private static readonly ServiceLevel Ground = new("001", "GROUND", 4.90m, 0.55m, 0.45m, 0.12m, [2, 2, 3, 3, 4, 5, 5, 6]);
    private static readonly ServiceLevel Priority = new("002", "PRIORITY", 8.70m, 0.95m, 0.85m, 0.25m, [1, 1, 2, 2, 2, 3, 3, 3]);
    private static readonly ServiceLevel Express = new("003", "EXPRESS", 29.50m, 3.40m, 2.60m, 0.55m, [1, 1, 1, 1, 1, 2, 2, 2]);

    public static ServiceLevel Of(Service service) => service switch
    {
        Service.Ground => Ground,
        Service.Priority => Priority,
        Service.Express => Express,
        _ => throw new ArgumentOutOfRangeException(nameof(service)),
    };

    /// <summary>The day of delivery for a parcel that is handed in on the day given. Nothing is delivered on a Sunday.</summary>
    public DateOnly Delivery(DateOnly handedIn, int zone)
    {
        var day = handedIn.AddDays(Days[zone - 1]);
        return day.DayOfWeek == DayOfWeek.Sunday ? day.AddDays(1) : day;
    }
}
