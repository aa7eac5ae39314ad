using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.Authorization;
using Gatehouse.Store.Database;
using Gatehouse.Store.Grants;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer.Authorization;

/// <summary>
/// <c>GET /as/authorization.oauth2/resume</c>: the browser comes back from the portal, where the user has decided, and is sent on to the
/// application. It works once, and only in the browser that began the request.
/// </summary>
public sealed class ResumeEndpoint(AuthServerOptions options, InteractionRegister interactions, GrantRegister grants)
{
    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            if (!await TryAnswerAsync(http)) await ShowEndAsync(http, StatusCodes.Status400BadRequest, "This sign-in is over",
                "It took too long, was finished already, or began in another browser. Go back to the application and start again.");
        }
        catch (Exception exception) when (StoreFault.IsAway(exception) && !http.Response.HasStarted)
        {
            await ShowEndAsync(http, StatusCodes.Status503ServiceUnavailable, "This cannot be decided at the moment", "Reload this page in a moment.");
        }
    }

    private async Task<bool> TryAnswerAsync(HttpContext http)
    {
        var browser = http.Request.Cookies[InteractionRegister.BrowserCookie];
        if (await interactions.FindAsync(http.Request.Query["interaction"].ToString(), browser, http.RequestAborted) is not { Interaction: var asked } found) return false;
        if (asked.Verdict == AuthorizationVerdict.Pending) return false;
        var target = new AuthorizationTarget(asked.RedirectUri, asked.ResponseMode, asked.State);
        if (asked.Verdict == AuthorizationVerdict.Granted)
        {
            if (await grants.BeginAsync(found, http.RequestAborted) is not { } code) return false;
            await AuthorizationAnswer.WriteCodeAsync(http, target, options.Issuer, code);
            return true;
        }
        if (!await interactions.CloseAsync(found, http.RequestAborted)) return false;
        var error = asked.Verdict switch
        {
            AuthorizationVerdict.LoginRequired => AuthorizationError.LoginRequired,
            AuthorizationVerdict.ConsentRequired => AuthorizationError.ConsentRequired,
            _ => AuthorizationError.AccessDenied,
        };
        await (asked.IsUnverified ? AuthorizationAnswer.ShowErrorAsync(http, error) : AuthorizationAnswer.WriteErrorAsync(http, target, options.Issuer, error));
        return true;
    }

    private static Task ShowEndAsync(HttpContext http, int status, string title, string text) =>
        PlainPage.WriteAsync(http, status, title, $"<p>{text}</p>");
}
