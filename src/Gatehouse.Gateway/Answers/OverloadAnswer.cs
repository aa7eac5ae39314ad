using System.Globalization;
using Gatehouse.Gateway.Metadata;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.Gateway.Answers;

/// <summary>
/// What a caller gets from an overloaded node, before anything of the call has been looked at. It is made once and has no trace id: there is
/// nothing to find under it, since the log counts these refusals and lists none.
/// </summary>
public static class OverloadAnswer
{
    private static readonly ReadOnlyMemory<byte> Body = RefusalWriter.Compose(GatewayFailure.Overloaded, traceId: null);

    /// <summary>Whether the request is one that an overloaded node may refuse: every call, and not what says how to call (RFC 9728).</summary>
    public static bool Concerns(HttpRequest request) => !ResourceMetadata.IsAbout(request.Path);

    public static Task WriteAsync(HttpContext http, int retryAfterSeconds)
    {
        CrossOrigin.AllowReading(http);
        var response = http.Response;
        response.StatusCode = GatewayFailure.Overloaded.Status;
        response.Headers.RetryAfter = retryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        response.Headers.CacheControl = "no-store";
        response.ContentType = "application/problem+json";
        response.ContentLength = Body.Length;
        return response.Body.WriteAsync(Body).AsTask();
    }
}
