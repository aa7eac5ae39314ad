using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Labels;

/// <summary>What the parcel weighs, packed: at most 70 lb (1,120 oz; 31,751 g).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record Weight : IValidatableObject
{
    private const decimal GramsPerOunce = 28.349523125m;
    private const decimal HeaviestOunces = 70 * 16;

    /// <summary>The number of units, fractions allowed.</summary>
    [Range(0.01, 31_751, ErrorMessage = "must be between 0.01 and 31751")]
    public required decimal Value { get; init; }

    /// <summary><c>oz</c>: ounces. <c>g</c>: grams.</summary>
    public required WeightUnit Unit { get; init; }

    public decimal InOunces() => Unit == WeightUnit.Gram ? Value / GramsPerOunce : Value;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (InOunces() > HeaviestOunces)
            yield return new("is more than 70 lb (1120 oz, 31751 g)");
    }
}

/// <summary>The outer measures of the parcel: length plus girth at most 108 in (274.32 cm).</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record Dimensions : IValidatableObject
{
    private const decimal CentimetresPerInch = 2.54m;
    private const decimal LongestPlusGirth = 108;

    /// <summary>One side, in the unit given.</summary>
    [Range(0.1, 275, ErrorMessage = "must be between 0.1 and 275")]
    public required decimal Length { get; init; }

    /// <summary>Another side, in the unit given.</summary>
    [Range(0.1, 275, ErrorMessage = "must be between 0.1 and 275")]
    public required decimal Width { get; init; }

    /// <summary>The third side, in the unit given.</summary>
    [Range(0.1, 275, ErrorMessage = "must be between 0.1 and 275")]
    public required decimal Height { get; init; }

    /// <summary><c>in</c>: inches. <c>cm</c>: centimetres.</summary>
    public required LengthUnit Unit { get; init; }

    public decimal CubicInches() => Sides().Aggregate(1m, (product, side) => product * side);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        // The longest side is the length; the girth goes around the other two.
        var sides = Sides();
        if (sides.Max() + 2 * (sides.Sum() - sides.Max()) > LongestPlusGirth)
            yield return new("length plus girth is more than 108 in (274.32 cm)");
    }

    private decimal[] Sides()
    {
        var perInch = Unit == LengthUnit.Centimetre ? CentimetresPerInch : 1;
        return [Length / perInch, Width / perInch, Height / perInch];
    }
}

/// <summary>Ounces or grams.</summary>
internal enum WeightUnit
{
    [JsonStringEnumMemberName("oz")] Ounce,
    [JsonStringEnumMemberName("g")] Gram,
}

/// <summary>Inches or centimetres.</summary>
internal enum LengthUnit
{
    [JsonStringEnumMemberName("in")] Inch,
    [JsonStringEnumMemberName("cm")] Centimetre,
}
