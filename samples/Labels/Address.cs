using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Labels;

/// <summary>A postal address in the United States. Its form is checked; whether mail arrives there is not.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record Address
{
    /// <summary>The person, or the department, that sends or receives.</summary>
    [Length(1, 40), OneLine]
    public required string Name { get; init; }

    /// <summary>The organization, where there is one.</summary>
    [Length(1, 40), OneLine]
    public string? Company { get; init; }

    /// <summary>House number and street, or a post office box.</summary>
    [Length(1, 40), OneLine]
    public required string Street1 { get; init; }

    /// <summary>Apartment, suite or floor.</summary>
    [Length(1, 40), OneLine]
    public string? Street2 { get; init; }

    /// <summary>City or post office.</summary>
    [Length(1, 30), OneLine]
    public required string City { get; init; }

    /// <summary>The two letters of the state, district, territory or military region.</summary>
    public required State State { get; init; }

    /// <summary>ZIP Code, five digits, or ZIP+4 with a hyphen.</summary>
    [RegularExpression("^[0-9]{5}(-[0-9]{4})?$", ErrorMessage = "must be five digits, or five, a hyphen and four")]
    public required string Zip { get; init; }

    public string Zip5() => Zip[..5];

    /// <summary>The lines below one another as they are printed, without those that are not given.</summary>
    public IEnumerable<string> Lines() =>
        new[] { Name, Company, Street1, Street2, $"{City} {State} {Zip}" }.OfType<string>().Select(line => line.ToUpperInvariant());
}

/// <summary>A state, the District of Columbia, a territory, or a military region (AA, AE, AP).</summary>
internal enum State
{
    AL, AK, AZ, AR, CA, CO, CT, DE, FL, GA, HI, ID, IL, IN, IA, KS, KY, LA, ME, MD, MA, MI, MN, MS, MO, MT, NE, NV, NH, NJ, NM, NY, NC, ND,
    OH, OK, OR, PA, RI, SC, SD, TN, TX, UT, VT, VA, WA, WV, WI, WY, DC, AS, GU, MP, PR, VI, AA, AE, AP,
}

/// <summary>
/// Text that prints on one line. Control and formatting characters are refused: they cannot stand in XML, or, as the ones that turn the
/// direction of writing, make a label show another address than the one that was paid for.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class OneLineAttribute : RegularExpressionAttribute
{
    public OneLineAttribute() : base(@"^[\p{L}\p{N}\p{P}\p{S}][\p{L}\p{M}\p{N}\p{P}\p{S} ]*$") =>
        ErrorMessage = "must be one line of printable text that does not begin with a blank";
}
