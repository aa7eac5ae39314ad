using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Labels;

/// <summary>
/// Reads a JSON value as the type that describes it, and reports everything that is wrong with it at once, where the serializer would stop
/// at the first fault. The limits are the attributes on the type, so the OpenAPI document states the same ones. Unknown members are
/// refused: a misspelt optional member must not be ignored in silence.
/// </summary>
internal sealed class RequestReader(JsonSerializerOptions json)
{
    /// <summary>Nobody reads more; a body full of unknown members must not make a larger answer.</summary>
    public const int MaxErrors = 100;

    private readonly List<InputError> errors = [];

    public IReadOnlyList<InputError> Errors => errors;

    public bool TryRead<T>(JsonElement body, [NotNullWhen(true)] out T? value)
        where T : class
    {
        CheckObject(body, "", json.GetTypeInfo(typeof(T)));
        value = errors.Count == 0 ? body.Deserialize<T>(json) : null;
        return value is not null;
    }

    private void CheckObject(JsonElement value, string pointer, JsonTypeInfo type)
    {
        if (value.ValueKind != JsonValueKind.Object)
        {
            Refuse(pointer, "must be an object");
            return;
        }

        var before = errors.Count;
        foreach (var property in type.Properties)
            CheckMember(value, pointer, property);
        var known = type.Properties.Select(property => property.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject().Where(member => !known.Contains(member.Name)))
            Refuse(Child(pointer, member.Name), "is not a member of this object");

        if (errors.Count == before && type.Type.IsAssignableTo(typeof(IValidatableObject)))
            CheckWhole((IValidatableObject)value.Deserialize(type)!, pointer);
    }

    private void CheckMember(JsonElement owner, string ownerPointer, JsonPropertyInfo property)
    {
        var pointer = Child(ownerPointer, property.Name);
        if (!owner.TryGetProperty(property.Name, out var value) || value.ValueKind == JsonValueKind.Null)
        {
            if (property.IsRequired)
                Refuse(pointer, "is required");
            return;
        }

        var type = json.GetTypeInfo(property.PropertyType);
        if (type.Kind == JsonTypeInfoKind.Object)
            CheckObject(value, pointer, type);
        else if (property.PropertyType.IsEnum)
            CheckChoice(value, pointer, type);
        else if (property.PropertyType == typeof(decimal))
            CheckLimits(value.ValueKind == JsonValueKind.Number && value.TryGetDecimal(out var number) ? number : null, "number");
        else
            CheckLimits(Text(value), "string");

        void CheckLimits(object? read, string expected)
        {
            if (read is null)
                Refuse(pointer, $"must be a {expected}");
            else
                foreach (var limit in Limits(property).Where(limit => !limit.IsValid(read)))
                    Refuse(pointer, limit is LengthAttribute length
                        ? $"must have {length.MinimumLength} to {length.MaximumLength} characters"
                        : limit.ErrorMessage ?? "is not valid");
        }
    }

    private void CheckChoice(JsonElement value, string pointer, JsonTypeInfo type)
    {
        var choices = Enum.GetValues(type.Type).Cast<object>()
            .Select(choice => JsonSerializer.SerializeToElement(choice, type).GetString()).ToList();
        if (!choices.Contains(Text(value), StringComparer.Ordinal))
            Refuse(pointer, $"must be one of {string.Join(", ", choices)}");
    }

    private void CheckWhole(IValidatableObject value, string pointer)
    {
        foreach (var result in value.Validate(new ValidationContext(value)))
            Refuse(pointer, result.ErrorMessage ?? "is not valid");
    }

    private void Refuse(string pointer, string message)
    {
        if (errors.Count < MaxErrors)
            errors.Add(new() { Pointer = pointer, Message = message });
    }

    private static IEnumerable<ValidationAttribute> Limits(JsonPropertyInfo property) =>
        property.AttributeProvider?.GetCustomAttributes(typeof(ValidationAttribute), inherit: true).Cast<ValidationAttribute>() ?? [];

    // RFC 6901 §3.
    private static string Child(string pointer, string name) =>
        $"{pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    // An escape for half a surrogate pair is good JSON and no text.
    private static string? Text(JsonElement value)
    {
        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

/// <summary>One thing that is wrong with a request.</summary>
internal sealed record InputError
{
    /// <summary>Where: a JSON Pointer (RFC 6901) into the body; empty means the whole body.</summary>
    public required string Pointer { get; init; }

    /// <summary>What is wrong there, in words.</summary>
    public required string Message { get; init; }
}
