using Gatehouse.AuthServer.Requests;
using Gatehouse.Store.Database;
using Gatehouse.Store.Grants;
using Gatehouse.Store.Sessions;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer.Logout;

/// <summary>
/// <c>GET /idp/init_logout.openid/resume</c>: the browser comes back from the portal, where the session has ended, and is sent on to the
/// application with its <c>state</c>. It works once, and only in the browser that began the request.
/// </summary>
public sealed class LogoutResumeEndpoint(LogoutRequestRegister requests)
{
    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            if (!await TryAnswerAsync(http)) await PlainPage.WriteAsync(http, StatusCodes.Status400BadRequest, "This sign-out is over",
                "<p>It took too long, was finished already, or began in another browser.</p>");
        }
        catch (Exception exception) when (StoreFault.IsAway(exception) && !http.Response.HasStarted)
        {
            await PlainPage.WriteAsync(http, StatusCodes.Status503ServiceUnavailable, "You are signed out", "<p>Reload this page in a moment to go back to the application.</p>");
        }
    }

    private async Task<bool> TryAnswerAsync(HttpContext http)
    {
        var browser = http.Request.Cookies[InteractionRegister.BrowserCookie];
        if (await requests.FindAsync(http.Request.Query["logout"].ToString(), browser, http.RequestAborted) is not { Request: { IsDone: true, RedirectUri: { } uri } asked } found) return false;
        if (!await requests.CloseAsync(found, http.RequestAborted)) return false;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        var separator = !uri.Contains('?', StringComparison.Ordinal) ? "?" : uri[^1] is '?' or '&' ? string.Empty : "&";
        http.Response.Headers.Location = asked.State is { } state ? $"{uri}{separator}state={Uri.EscapeDataString(state)}" : uri;
        return true;
    }
}
