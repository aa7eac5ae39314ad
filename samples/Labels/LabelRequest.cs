using System.Text.Json.Serialization;

namespace Labels;

/// <summary>An order for one domestic shipping label.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record LabelRequest
{
    /// <summary>The sender.</summary>
    public required Address From { get; init; }

    /// <summary>The recipient.</summary>
    public required Address To { get; init; }

    /// <summary>The weight of the packed parcel.</summary>
    public required Weight Weight { get; init; }

    /// <summary>The outer measures; above one cubic foot they decide the price if they make more pounds than the weight.</summary>
    public Dimensions? Dimensions { get; init; }

    /// <summary>How fast the parcel travels.</summary>
    public required Service Service { get; init; }
}
