using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Gatehouse.Gateway.Metadata;
using Gatehouse.Gateway.Routing;
using Gatehouse.Protocol.Bearer;
using Gatehouse.Protocol.Dpop;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Recording;
using Gatehouse.Store.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Gateway.Answers;

/// <summary>Every refusal of the gateway: a challenge (RFC 6750 §3), problem details (RFC 9457), a log line and the owner's record under one trace id.</summary>
public sealed partial class RefusalWriter(
    GatewayOptions options, ResourceMetadata metadata, DpopNonces nonces, ProblemRecorder problems, TimeProvider clock, ILogger<RefusalWriter> log)
{
    /// <param name="http">The call.</param>
    /// <param name="failure">Why it is refused.</param>
    /// <param name="route">The call that it would have been, for the challenge.</param>
    /// <param name="application">The application whose token it was, when that is proved.</param>
    public async Task WriteAsync(HttpContext http, GatewayFailure failure, Route? route = null, RegisteredApplication? application = null)
    {
        var traceId = TraceId.New();
        LogRefused(failure.Code, application?.ClientId ?? "unknown", http.Connection.RemoteIpAddress, traceId);
        if (application is not null) Record(http, failure, application, traceId);
        var response = http.Response;
        if (response.HasStarted)
        {
            http.Abort(); // Part of the upstream's answer is out already; an end that looks complete would be a lie.
            return;
        }
        response.Clear();
        response.StatusCode = failure.Status;
        response.Headers.WWWAuthenticate = ChallengesFor(failure, route);
        if (failure.Challenge == Challenge.DpopNonce) response.Headers[DpopChallenge.NonceHeader] = nonces.Current;
        if (failure.Status == StatusCodes.Status503ServiceUnavailable) response.Headers.RetryAfter = failure.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        response.Headers.CacheControl = "no-store";
        response.ContentType = "application/problem+json";
        var body = Compose(failure, traceId);
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body);
    }

    private void Record(HttpContext http, GatewayFailure failure, RegisteredApplication application, string traceId) =>
        problems.Record(new Problem
        {
            ApplicationId = application.Id, At = clock.GetUtcNow(), TraceId = traceId, Code = failure.Code,
            // The query is left out: it may carry what must not be kept.
            Cause = $"{http.Request.Method} {Shorten(http.Request.Path)}: {failure.Detail}",
            SourceAddress = http.Connection.RemoteIpAddress?.ToString() ?? string.Empty,
        });

    // Whoever came without a token learns both ways to come with one.
    private StringValues ChallengesFor(GatewayFailure failure, Route? route)
    {
        var resource = new ChallengedResource(options.Realm, route is null ? null : metadata.UrlOf(route.Api), route?.Operation.Scope);
        return failure.Challenge switch
        {
            Challenge.Missing => new StringValues([BearerChallenge.Missing(resource), DpopChallenge.Missing(resource)]),
            Challenge.InvalidRequest => BearerChallenge.InvalidRequest(resource, failure.Detail),
            Challenge.InvalidToken => BearerChallenge.InvalidToken(resource, failure.Detail),
            Challenge.InsufficientScope => BearerChallenge.InsufficientScope(resource),
            Challenge.DpopToken => DpopChallenge.InvalidToken(resource),
            Challenge.DpopProof => DpopChallenge.InvalidProof(resource),
            Challenge.DpopNonce => DpopChallenge.UseNonce(resource),
            _ => default,
        };
    }

    internal static ReadOnlyMemory<byte> Compose(GatewayFailure failure, string? traceId)
    {
        var body = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteString("type", "about:blank");
        json.WriteString("title", failure.Title);
        json.WriteNumber("status", failure.Status);
        json.WriteString("detail", failure.Detail);
        json.WriteString("code", failure.Code);
        if (traceId is not null) json.WriteString("trace_id", traceId);
        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }

    private static string Shorten(string path) => path.Length <= 200 ? path : path[..200] + "…";

    [LoggerMessage(Level = LogLevel.Information, Message = "Call refused: {Code}. Application {ClientId}, from {Source}, trace {TraceId}.")]
    private partial void LogRefused(string code, string clientId, System.Net.IPAddress? source, string traceId);
}
