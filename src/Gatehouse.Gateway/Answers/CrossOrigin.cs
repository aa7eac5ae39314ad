using Gatehouse.Gateway.Metadata;
using Gatehouse.Gateway.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Gatehouse.Gateway.Answers;

/// <summary>
/// Lets pages of any origin call what is published (Fetch, CORS protocol): an access token in a header is nothing that a browser adds by itself,
/// so the origin of the page decides nothing. A preflight request never carries the token; answering it here is what lets the call come at all.
/// </summary>
internal static class CrossOrigin
{
    private const string Any = "*";
    private const string MaxAgeSeconds = "3600";

    /// <summary>Answers a preflight request for a call that is published, or for metadata; false for everything else.</summary>
    public static bool TryAnswerPreflight(HttpContext http, RouteTable routes)
    {
        var (request, headers) = (http.Request, http.Response.Headers);
        if (!HttpMethods.IsOptions(request.Method) || StringValues.IsNullOrEmpty(request.Headers.Origin)) return false;
        if (request.Headers.AccessControlRequestMethod.ToString() is not { Length: > 0 } method) return false;
        var isCall = routes.Match(method, request.Path.Value ?? string.Empty).Route is not null;
        if (!isCall && !(ResourceMetadata.IsAbout(request.Path) && HttpMethods.IsGet(method))) return false;
        headers.AccessControlAllowOrigin = Any;
        headers.AccessControlAllowMethods = method;
        // Named one by one: a wildcard does not cover Authorization.
        if (request.Headers.AccessControlRequestHeaders is { Count: > 0 } asked) headers.AccessControlAllowHeaders = asked;
        headers.AccessControlMaxAge = MaxAgeSeconds;
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }

    /// <summary>
    /// Lets the page read the answer, whoever gives it, unless the API behind the gateway names itself who may. An API that names nobody has
    /// its answers read by every page that has a token for it: the token decides, here as everywhere.
    /// </summary>
    public static void AllowReading(HttpContext http)
    {
        if (StringValues.IsNullOrEmpty(http.Request.Headers.Origin)) return;
        http.Response.OnStarting(() =>
        {
            var headers = http.Response.Headers;
            if (headers.AccessControlAllowOrigin.Count > 0) return Task.CompletedTask;
            headers.AccessControlAllowOrigin = Any;
            headers.AccessControlExposeHeaders = Any; // WWW-Authenticate and DPoP-Nonce, and whatever the API has.
            return Task.CompletedTask;
        });
    }
}
