using System.Globalization;
using System.Net;
using System.Text.Json;
using Gatehouse.AuthServer.ClientAuthentication;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Recording;
using Gatehouse.Store.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gatehouse.AuthServer.Requests;

/// <summary>
/// Every early exit of an endpoint that applications post to goes through here: the wire gets what RFC 6749 §5.2 allows and a trace id, the log and the
/// application's owner get the exact cause under the same id.
/// </summary>
public sealed partial class OAuthFailureWriter(
    FailureThrottle throttle, ProblemRecorder problems, TimeProvider clock, ILogger<OAuthFailureWriter> log)
{
    private static readonly TimeSpan StoreRetry = TimeSpan.FromSeconds(2);

    /// <param name="http">The request.</param>
    /// <param name="failure">Why it is refused.</param>
    /// <param name="clientId">The <c>client_id</c> as sent; empty when none was.</param>
    /// <param name="concerned">The application it names, if that exists.</param>
    public Task WriteAsync(HttpContext http, OAuthFailure failure, string clientId = "", RegisteredApplication? concerned = null)
    {
        var source = http.Connection.RemoteIpAddress ?? IPAddress.None;
        var wire = failure.Wire;
        TimeSpan? retryAfter = wire == OAuthError.TemporarilyUnavailable ? StoreRetry : failure.RetryAfter;
        var wait = failure.IsUnproven ? throttle.Count(clientId, source) : null;
        if (failure.IsGuess && wait is not null)
        {
            wire = OAuthError.TooManyFailures;
            retryAfter = wait;
        }
        var traceId = TraceId.New();
        LogRefused(failure.Code, failure.Cause, concerned?.ClientId ?? "unknown", source, traceId);
        if (concerned is not null && wait is null)
        {
            problems.Record(new Problem
            {
                ApplicationId = concerned.Id, At = clock.GetUtcNow(), TraceId = traceId, Code = failure.Code, Cause = failure.Cause,
                SourceAddress = source.ToString(),
            });
        }
        return WriteAnswerAsync(http.Response, wire, traceId, retryAfter);
    }

    private static Task WriteAnswerAsync(HttpResponse response, OAuthError wire, string traceId, TimeSpan? retryAfter)
    {
        response.StatusCode = wire.Status;
        response.Headers.CacheControl = "no-store";
        response.Headers.Pragma = "no-cache";
        if (wire.Status == StatusCodes.Status401Unauthorized) response.Headers.WWWAuthenticate = "Basic realm=\"authorization server\", charset=\"UTF-8\"";
        if (wire.Status == StatusCodes.Status405MethodNotAllowed) response.Headers.Allow = "POST";
        if (retryAfter is { } wait) response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        response.ContentType = "application/json";
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("error", wire.Code);
            json.WriteString("error_description", wire.Description);
            json.WriteString("trace_id", traceId);
            json.WriteEndObject();
        }
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body.ToArray()).AsTask();
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Request refused: {Code}. {Cause} Application {ClientId}, from {Source}, trace {TraceId}.")]
    private partial void LogRefused(string code, string cause, string clientId, IPAddress source, string traceId);
}
