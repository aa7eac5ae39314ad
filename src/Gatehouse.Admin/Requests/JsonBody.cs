using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;
using Gatehouse.Admin.Answers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace Gatehouse.Admin.Requests;

/// <summary>A request body, or why it is none.</summary>
internal abstract class JsonBody
{
    /// <summary>Set when the body could not be read; the route handler is not called then.</summary>
    public Refused? Fault { get; protected init; }
}

/// <summary>
/// A JSON object read strictly: UTF-8, no duplicate member, bounded depth, exact types, no null inside a list. Unknown members are ignored
/// (RFC 7591 §2).
/// </summary>
internal sealed class JsonBody<T> : JsonBody, IEndpointParameterMetadataProvider
    where T : class
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = AdminOptions.MaxBodyDepth, AllowDuplicateProperties = false };

    private readonly T? _value;

    private JsonBody(T value) => _value = value;

    private JsonBody(Refused fault) => Fault = fault;

    public T Value => _value ?? throw new InvalidOperationException("The body was refused.");

    public static async ValueTask<JsonBody<T>> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        if (!context.Request.HasJsonContentType())
            return new(new Refused(StatusCodes.Status415UnsupportedMediaType, "The body must be application/json in UTF-8."));
        try
        {
            using var bytes = new MemoryStream();
            if (!await TryCopyAsync(context.Request, bytes))
                return new(new Refused(StatusCodes.Status413PayloadTooLarge, $"The body may have up to {AdminOptions.MaxBodyBytes} bytes."));
            // The parser looks at bytes only where a text is taken out.
            if (!Utf8.IsValid(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)))
                return new(new Refused(StatusCodes.Status400BadRequest, "The body is not UTF-8."));
            bytes.Position = 0;
            using var document = await JsonDocument.ParseAsync(bytes, Strict, context.RequestAborted);
            return Read(document.RootElement);
        }
        catch (JsonException exception)
        {
            return new(new Refused(StatusCodes.Status400BadRequest,
                "The body is not one JSON object without duplicate members "
                + $"(line {exception.LineNumber + 1}, position {exception.BytePositionInLine})."));
        }
        catch (BadHttpRequestException exception)
        {
            return new(exception.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? new Refused(exception.StatusCode, $"The body may have up to {AdminOptions.MaxBodyBytes} bytes.")
                : new Refused(StatusCodes.Status400BadRequest, "The body could not be read."));
        }
    }

    // Counted here and not by the server's own limit: that one would cut the connection before the client has read why.
    private static async Task<bool> TryCopyAsync(HttpRequest request, MemoryStream bytes)
    {
        if (request.ContentLength > AdminOptions.MaxBodyBytes) return false;
        var buffer = new byte[8192];
        for (int read; (read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0;)
        {
            bytes.Write(buffer, 0, read);
            if (bytes.Length > AdminOptions.MaxBodyBytes) return false;
        }
        return true;
    }

    // No content types here: with them routing would answer 415 before the caller was asked who it is.
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata([], typeof(T), isOptional: false));

    private static JsonBody<T> Read(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object) return new(new Refused(StatusCodes.Status400BadRequest, "The body must be a JSON object."));
        var type = (JsonTypeInfo<T>)RequestJson.Default.GetTypeInfo(typeof(T))!;
        var missing = type.Properties.Where(property => property.IsRequired && !body.TryGetProperty(property.Name, out _)).ToList();
        if (missing.Count > 0)
        {
            return new(new Refused(StatusCodes.Status422UnprocessableEntity, "Required members are missing.",
                [.. missing.Select(property => new FieldError(property.Name, "This member is required."))]));
        }
        foreach (var member in body.EnumerateObject())
            if (FindFault(member.Value) is { } fault) return new(Refused.Invalid(member.Name, fault));
        try
        {
            return new(body.Deserialize(type)!);
        }
        catch (JsonException exception)
        {
            // Its message quotes the input; its path is enough.
            var field = (exception.Path ?? "$").TrimStart('$', '.');
            return new(Refused.Invalid(field, "The value has the wrong type, lacks a required member, or is not one of those offered."));
        }
    }

    // What every member of every body must satisfy: the serializer lets null into lists, and a database refuses NUL in text.
    private static string? FindFault(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => IsText(value) ? null : "The text holds NUL or half of a surrogate pair.",
        JsonValueKind.Array => value.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.Null)
            ? "A list must not hold null."
            : value.EnumerateArray().Select(FindFault).FirstOrDefault(fault => fault is not null),
        JsonValueKind.Object => value.EnumerateObject().Select(member => FindFault(member.Value)).FirstOrDefault(fault => fault is not null),
        _ => null,
    };

    private static bool IsText(JsonElement value)
    {
        try
        {
            return !value.GetString()!.Contains('\0', StringComparison.Ordinal);
        }
        catch (InvalidOperationException)
        {
            return false; // An escape for half a surrogate pair is good JSON and no text.
        }
    }
}
