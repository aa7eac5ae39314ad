using Microsoft.AspNetCore.Http;
using Yarp.ReverseProxy.Forwarder;

namespace Gatehouse.Gateway.Forwarding;

/// <summary>
/// Makes the upstream's request: the bearer token stays here (RFC 9110 §11.6.2), the caller's identity is stated by us alone, and whatever the
/// caller sent under our names, in any spelling a server might fold into them, is gone.
/// </summary>
internal sealed class IdentityTransformer(CallerIdentity caller) : HttpTransformer
{
    private const string OwnPrefix = "X-Gatehouse-";

    // RFC 9440 §2.4, and what proxies called it before: an upstream may trust any of them.
    private static readonly string[] CertificateNames = ["Client-Cert", "X-Client-Cert", "X-SSL-Client", "SSL-Client-"];

    public override async ValueTask TransformRequestAsync(
        HttpContext httpContext, HttpRequestMessage proxyRequest, string destinationPrefix, CancellationToken cancellationToken)
    {
        await base.TransformRequestAsync(httpContext, proxyRequest, destinationPrefix, cancellationToken);
        var headers = proxyRequest.Headers;
        foreach (var name in headers.Select(header => header.Key).Where(IsOurs).ToList()) headers.Remove(name);
        if (proxyRequest.Content?.Headers is { } contentHeaders)
            foreach (var name in contentHeaders.Select(header => header.Key).Where(IsOurs).ToList()) contentHeaders.Remove(name);
        headers.Host = null; // The upstream's own name.
        headers.TryAddWithoutValidation("X-Gatehouse-Client-Id", caller.Application.ClientId);
        headers.TryAddWithoutValidation("X-Gatehouse-Application", Uri.EscapeDataString(caller.Application.Name));
        headers.TryAddWithoutValidation("X-Gatehouse-Scope", caller.Scope);
        headers.TryAddWithoutValidation("X-Gatehouse-Subject", caller.Subject);
        if (caller.Details.Length > 0) headers.TryAddWithoutValidation("X-Gatehouse-Authorization-Details", caller.Details);
        headers.TryAddWithoutValidation("X-Forwarded-For", httpContext.Connection.RemoteIpAddress?.ToString());
        headers.TryAddWithoutValidation("X-Forwarded-Proto", httpContext.Request.Scheme);
        headers.TryAddWithoutValidation("X-Forwarded-Host", httpContext.Request.Host.Value);
    }

    // CGI and its heirs fold '_' and '-' into one: X_Gatehouse_Subject must not survive either.
    private static bool IsOurs(string name)
    {
        var folded = name.Replace('_', '-');
        return folded.StartsWith(OwnPrefix, StringComparison.OrdinalIgnoreCase)
            || folded.StartsWith("X-Forwarded-", StringComparison.OrdinalIgnoreCase)
            || folded.Equals("Forwarded", StringComparison.OrdinalIgnoreCase)
            || folded.Equals("Authorization", StringComparison.OrdinalIgnoreCase)
            || folded.Equals("DPoP", StringComparison.OrdinalIgnoreCase)
            || CertificateNames.Any(prefix => folded.StartsWith(prefix, StringComparison.OrdinalIgnoreCase));
    }
}
