using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;

namespace Gatehouse.Gateway.Forwarding;

/// <summary>
/// Makes the upstream's request: the bearer token stays here (RFC 9110 §11.6.2), the caller's identity is stated by us alone, and whatever the
/// caller sent under our names, in any spelling a server might fold into them, is gone.
/// </summary>
/// <param name="caller">Who calls.</param>
/// <param name="host">What the upstream is told the caller's <c>Host</c> was: this gateway's own, because the header is the caller's to choose.</param>
internal sealed class IdentityTransformer(CallerIdentity caller, string host) : HttpTransformer
{
    private const string OwnCookies = "__Host-gatehouse-";

    private static readonly string[] Prefixes =
    [
        "X-Gatehouse-", "X-Forwarded-",
        // What proxies say that a call was before: its address, host, method, path.
        "X-Original-",
        // RFC 9440 §2.4, and what proxies called it before: an upstream may trust any of them.
        "Client-Cert", "X-Client-Cert", "X-SSL-Client", "SSL-Client-", "X-Amzn-Mtls-",
    ];

    private static readonly string[] Names =
    [
        "Forwarded", "Authorization", "DPoP", "X-ARR-ClientCert",
        // What was decided about is the method and the path of the call: no header may name others to the upstream.
        "X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override", "X-Rewrite-URL",
        // The caller's address, under the names that upstreams take it from.
        "X-Real-IP", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP", "X-Cluster-Client-IP", "Fastly-Client-IP",
        "Proxy", // CGI makes it HTTP_PROXY, which programs obey.
    ];

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        var headers = proxyRequest.Headers;
        foreach (var name in headers.Select(header => header.Key).Where(IsOurs).ToList()) headers.Remove(name);
        if (proxyRequest.Content?.Headers is { } contentHeaders)
            foreach (var name in contentHeaders.Select(header => header.Key).Where(IsOurs).ToList()) contentHeaders.Remove(name);
        RemoveOurCookies(proxyRequest);
        headers.Host = null; // The upstream's own name.
        headers.TryAddWithoutValidation("X-Gatehouse-Client-Id", caller.Application.ClientId);
        headers.TryAddWithoutValidation("X-Gatehouse-Application", Uri.EscapeDataString(caller.Application.Name));
        headers.TryAddWithoutValidation("X-Gatehouse-Scope", caller.Scope);
        headers.TryAddWithoutValidation("X-Gatehouse-Subject", caller.Subject);
        if (caller.Details.Length > 0) headers.TryAddWithoutValidation("X-Gatehouse-Authorization-Details", caller.Details);
        headers.TryAddWithoutValidation("X-Forwarded-For", httpContext.Connection.RemoteIpAddress?.ToString());
        headers.TryAddWithoutValidation("X-Forwarded-Proto", httpContext.Request.Scheme);
        headers.TryAddWithoutValidation("X-Forwarded-Host", host);
    }

    /// <summary>Passes the answer on, except for cookies under the names of this server's own.</summary>
    public override async ValueTask<bool> TransformResponseAsync(HttpContext httpContext, HttpResponseMessage? proxyResponse, CancellationToken cancellationToken)
    {
        var isForwarded = await base.TransformResponseAsync(httpContext, proxyResponse, cancellationToken);
        var headers = httpContext.Response.Headers;
        if (headers.SetCookie.Any(cookie => IsOurCookie(cookie)))
            headers.SetCookie = headers.SetCookie.Where(cookie => !IsOurCookie(cookie)).ToArray();
        return isForwarded;
    }

    // Gateway and portal may share a host: the session of a person is not the upstream's to see, nor to set.
    private static void RemoveOurCookies(HttpRequestMessage request)
    {
        if (!request.Headers.TryGetValues(HeaderNames.Cookie, out var values)) return;
        var all = values.SelectMany(value => value.Split(';', StringSplitOptions.TrimEntries)).ToList();
        var others = all.Where(cookie => !IsOurCookie(cookie)).ToList();
        if (others.Count == all.Count) return;
        request.Headers.Remove(HeaderNames.Cookie);
        if (others.Count > 0) request.Headers.TryAddWithoutValidation(HeaderNames.Cookie, string.Join("; ", others));
    }

    // A cookie without a name may be read as one by its value.
    private static bool IsOurCookie(string? cookie) => cookie.AsSpan().TrimStart(" \t=").StartsWith(OwnCookies, StringComparison.OrdinalIgnoreCase);

    // CGI and its heirs fold '_' and '-' into one, others every character that a variable cannot have: X_Gatehouse.Subject must not survive.
    private static bool IsOurs(string name)
    {
        var folded = string.Create(name.Length, name, (span, source) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsAsciiLetterOrDigit(source[i]) ? source[i] : '-';
        });
        return Names.Any(own => folded.Equals(own, StringComparison.OrdinalIgnoreCase))
            || Prefixes.Any(prefix => folded.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
    }
}
