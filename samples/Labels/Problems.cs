using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Labels;

/// <summary>Every way in which this API says no (RFC 9457).</summary>
internal static class Problems
{
    public static ProblemHttpResult NotThroughGateway() => Of(
        StatusCodes.Status403Forbidden, "This API is called through the gateway, which says who is calling.");

    public static ProblemHttpResult NotFound() => Of(
        StatusCodes.Status404NotFound, "There is no such label, or it is another application's, or it was forgotten.");

    public static ProblemHttpResult NotJson() => Of(
        StatusCodes.Status415UnsupportedMediaType, "The body must be application/json in UTF-8.");

    public static ProblemHttpResult Malformed(string detail) => Of(StatusCodes.Status400BadRequest, detail);

    public static ProblemHttpResult Unreadable(BadHttpRequestException fault) => Of(fault.StatusCode, fault.Message);

    public static ProblemHttpResult Invalid(IReadOnlyList<InputError> errors) => TypedResults.Problem(new InvalidRequest
    {
        Status = StatusCodes.Status422UnprocessableEntity,
        Detail = "The body is well-formed JSON, but no order for a label.",
        Errors = errors,
    });

    /// <summary>The framework calls the trace id by a name that no other member here is spelt like.</summary>
    public static void NameTraceId(ProblemDetailsContext context)
    {
        if (context.ProblemDetails.Extensions.Remove("traceId", out var traceId))
            context.ProblemDetails.Extensions["trace_id"] = traceId;
    }

    private static ProblemHttpResult Of(int status, string detail) => TypedResults.Problem(statusCode: status, detail: detail);
}

/// <summary>A problem that lists everything that is wrong with the body, up to 100 entries.</summary>
internal sealed class InvalidRequest : ProblemDetails
{
    /// <summary>What is wrong, and where.</summary>
    public required IReadOnlyList<InputError> Errors { get; init; }
}
