using System.Text.Json.Serialization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Gatehouse.Admin.Answers;

/// <summary>The one way to say no: RFC 9457 problem details with a trace id.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="detail">What is wrong and what to do.</param>
/// <param name="errors">The inputs at fault.</param>
internal sealed class Refused(int status, string detail, params IReadOnlyList<FieldError> errors) : IResult
{
    public const string MediaType = "application/problem+json";

    private const string RetrySeconds = "2";

    public static Refused Collision { get; } =
        new(StatusCodes.Status409Conflict, "Another call changed the same thing at the same moment, or it exists already. Read it again, then retry.");

    public static Refused Unavailable { get; } = new(StatusCodes.Status503ServiceUnavailable, "The server cannot decide at the moment. Try again later.");

    /// <summary>Default: a new one per answer.</summary>
    public string? TraceId { get; init; }

    public static Refused NotFound(string what) => new(StatusCodes.Status404NotFound, $"There is no such {what}.");

    public static Refused Invalid(string field, string message) => new(StatusCodes.Status422UnprocessableEntity, message, new FieldError(field, message));

    /// <summary>What an operation of the store refused.</summary>
    public static Refused Of<T>(Outcome<T> outcome)
        where T : class => outcome.Refusal switch
        {
            Refusal.NotFound => new(StatusCodes.Status404NotFound, outcome.Message),
            Refusal.Conflict => new(StatusCodes.Status409Conflict, outcome.Message),
            _ => Invalid(outcome.Field, outcome.Message),
        };

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var problem = new ProblemBody
        {
            Title = ReasonPhrases.GetReasonPhrase(status), Status = status, Detail = detail,
            TraceId = TraceId ?? Protocol.Vocabulary.TraceId.New(), Errors = errors.Count == 0 ? null : errors,
        };
        var response = httpContext.Response;
        response.StatusCode = status;
        if (status == StatusCodes.Status503ServiceUnavailable) response.Headers.RetryAfter = RetrySeconds;
        return response.WriteAsJsonAsync(problem, AnswerJson.Default.ProblemBody, MediaType, httpContext.RequestAborted);
    }
}

/// <summary>A problem (RFC 9457 §3). Its type is <c>about:blank</c>: the status says what kind it is.</summary>
internal sealed record ProblemBody
{
    [JsonPropertyName("title")]
    public required string Title { get; init; }

    [JsonPropertyName("status"), JsonNumberHandling(JsonNumberHandling.Strict)]
    public required int Status { get; init; }

    [JsonPropertyName("detail")]
    public required string Detail { get; init; }

    [JsonPropertyName("trace_id")]
    public required string TraceId { get; init; }

    [JsonPropertyName("errors"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FieldError>? Errors { get; init; }
}

/// <summary>An input at fault.</summary>
/// <param name="Field">The member of the body or the parameter, in the spelling of RFC 7591 where that has one.</param>
/// <param name="Message">What is wrong with it.</param>
internal sealed record FieldError([property: JsonPropertyName("field")] string Field, [property: JsonPropertyName("message")] string Message);

[JsonSerializable(typeof(ProblemBody))]
internal sealed partial class AnswerJson : JsonSerializerContext;

/// <summary>States in the OpenAPI document which answers a route can give beyond success.</summary>
internal static class RefusalConventions
{
    public static TBuilder Refuses<TBuilder>(this TBuilder routes, params int[] statuses)
        where TBuilder : IEndpointConventionBuilder
    {
        foreach (var status in statuses) routes.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(ProblemBody), [Refused.MediaType]));
        return routes;
    }
}
