using Microsoft.AspNetCore.Http;

namespace Gatehouse.Portal.Hosting;

/// <summary>What every answer of the portal carries, errors included.</summary>
internal static class PageHeaders
{
    // Everything is ours and a file of its own: nothing inline, nothing from elsewhere, no frame around us, no form to elsewhere.
    private const string ContentSecurityPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; font-src 'none'; connect-src 'none'; object-src 'none'; "
        + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    private const string OneYear = "max-age=31536000";

    // A browser that learned it for localhost would refuse every other program's plain http there: let it forget soon.
    private const string FiveMinutes = "max-age=300";

    public static Task AddAsync(HttpContext http, RequestDelegate next)
    {
        // At the start of the answer, because an error clears what was set before.
        http.Response.OnStarting(() =>
        {
            Set(http);
            return Task.CompletedTask;
        });
        return next(http);
    }

    private static void Set(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] =
            "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), microphone=(), payment=(), usb=(), "
            + "clipboard-read=(), clipboard-write=(self)";
        headers.StrictTransportSecurity = IsLocal(http.Request.Host.Host) ? FiveMinutes : OneYear;
        // Pages show secrets and who owns what. Only an asset that is there may be kept.
        if (!http.Request.Path.StartsWithSegments(PortalAssets.Folder) || http.Response.StatusCode >= StatusCodes.Status400BadRequest)
            headers.CacheControl = "no-store";
    }

    private static bool IsLocal(string host) =>
        host is "localhost" or "127.0.0.1" or "[::1]" || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
}
