using System.Diagnostics.CodeAnalysis;

namespace Labels;

/// <summary>The examples in the OpenAPI document: real values of the types on the wire, so that they cannot drift from them.</summary>
internal static class Samples
{
    private static readonly LabelRequest Request = new()
    {
        From = new()
        {
            Name = "Ada Marsh", Company = "Copper Kettle Tea", Street1 = "48 Wharf Street", Street2 = "Unit 3", City = "Portland",
            State = State.ME, Zip = "04101",
        },
        To = new() { Name = "Leon Whitfield", Street1 = "2190 Juniper Avenue", City = "Boulder", State = State.CO, Zip = "80304-1127" },
        Weight = new() { Value = 38.5m, Unit = WeightUnit.Ounce },
        Dimensions = new() { Length = 12, Width = 9, Height = 4, Unit = LengthUnit.Inch },
        Service = Service.Priority,
    };

    private static readonly Label Label = Label.Buy(Request, new(2026, 3, 2, 15, 4, 5, TimeSpan.Zero)) with
    {
        Id = "lbl_5d0c7a4be1f24c0f9a63b8d2e7419c35",
        TrackingNumber = "9300200000040384351088",
    };

    private static readonly InputError Error = new() { Pointer = "/to/zip", Message = "is required" };

    private static readonly Dictionary<Type, object> ByType = new()
    {
        [typeof(LabelRequest)] = Request,
        [typeof(Address)] = Request.To,
        [typeof(Weight)] = Request.Weight,
        [typeof(Dimensions)] = Request.Dimensions,
        [typeof(Label)] = Label,
        [typeof(Postage)] = Label.Postage,
        [typeof(InputError)] = Error,
        [typeof(InvalidRequest)] = new InvalidRequest { Title = "Unprocessable Entity", Status = 422, Errors = [Error] },
    };

    public static bool TryGet(Type type, [NotNullWhen(true)] out object? sample) => ByType.TryGetValue(type, out sample);
}
