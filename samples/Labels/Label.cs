using System.Security.Cryptography;
using System.Text.Json.Serialization;

namespace Labels;

/// <summary>A label that was bought.</summary>
internal sealed record Label
{
    /// <summary>Names the label in this API.</summary>
    public required string Id { get; init; }

    /// <summary>22 digits, the last one a check digit.</summary>
    public required string TrackingNumber { get; init; }

    /// <summary>How fast the parcel travels.</summary>
    public required Service Service { get; init; }

    /// <summary>What the label costs.</summary>
    public required Postage Postage { get; init; }

    /// <summary>The expected day of delivery; nothing is delivered on a Sunday.</summary>
    public required DateOnly EstimatedDelivery { get; init; }

    /// <summary>When the label was bought (RFC 3339, UTC).</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>The sender.</summary>
    public required Address From { get; init; }

    /// <summary>The recipient.</summary>
    public required Address To { get; init; }

    /// <summary>The weight as it was given.</summary>
    public required Weight Weight { get; init; }

    /// <summary>The measures as they were given.</summary>
    public Dimensions? Dimensions { get; init; }

    /// <summary>The label to print, 4 by 6 inches.</summary>
    // Drawn whenever it is asked for: ten thousand pictures in memory would weigh more than drawing them again.
    [JsonPropertyName("label")]
    public Picture Picture => new() { MediaType = LabelImage.MediaType, Data = LabelImage.Draw(this) };

    public static Label Buy(LabelRequest request, DateTimeOffset now)
    {
        var postage = Postage.For(request);
        return new()
        {
            Id = $"lbl_{RandomNumberGenerator.GetHexString(32, lowercase: true)}",
            TrackingNumber = Labels.TrackingNumber.Next(request.Service),
            Service = request.Service,
            Postage = postage,
            EstimatedDelivery = ServiceLevel.Of(request.Service).Delivery(DateOnly.FromDateTime(now.UtcDateTime), postage.Zone),
            Created = now,
            From = request.From,
            To = request.To,
            Weight = request.Weight,
            Dimensions = request.Dimensions,
        };
    }
}

/// <summary>A picture inside a JSON document.</summary>
internal sealed record Picture
{
    /// <summary>Always <c>image/svg+xml</c>.</summary>
    public required string MediaType { get; init; }

    /// <summary>The SVG document itself, as text.</summary>
    public required string Data { get; init; }
}
