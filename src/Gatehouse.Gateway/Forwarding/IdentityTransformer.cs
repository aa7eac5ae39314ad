using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Gatehouse.Gateway.Forwarding;

/// <summary>Makes the upstream's request out of what <see cref="CallerHeaders"/> has left of the call, and says in it who calls.</summary>
/// <param name="caller">Who calls.</param>
/// <param name="host">What the upstream is told the caller's <c>Host</c> was: this gateway's own, because the header is the caller's to choose.</param>
internal sealed class IdentityTransformer(CallerIdentity caller, string host) : HttpTransformer
{
    public override ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        // The base copies at once and awaits nothing, here and below.
        var copying = base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        var headers = proxyRequest.Headers;
        headers.TryAddWithoutValidation("X-Gatehouse-Client-Id", caller.Application.ClientId);
        headers.TryAddWithoutValidation("X-Gatehouse-Application", caller.Application.NameInHeaders);
        headers.TryAddWithoutValidation("X-Gatehouse-Scope", caller.Scope);
        headers.TryAddWithoutValidation("X-Gatehouse-Subject", caller.Subject);
        if (caller.Details.Length > 0) headers.TryAddWithoutValidation("X-Gatehouse-Authorization-Details", caller.Details);
        headers.TryAddWithoutValidation("X-Forwarded-For", httpContext.Connection.RemoteIpAddress?.ToString());
        headers.TryAddWithoutValidation("X-Forwarded-Proto", httpContext.Request.Scheme);
        headers.TryAddWithoutValidation("X-Forwarded-Host", host);
        return copying;
    }

    /// <summary>Passes the answer on, except for cookies under the names of this server's own.</summary>
    public override ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        var copying = base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        CallerHeaders.WithholdAnswered(httpContext.Response.Headers);
        return copying;
    }
}
