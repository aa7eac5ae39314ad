using System.Globalization;
using System.Net;
using Gatehouse.AuthServer.Issuing;
using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Grants;
using Gatehouse.Store.Registry;
using Gatehouse.Store.Sessions;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Gatehouse.AuthServer.Logout;

/// <summary>
/// <c>/idp/init_logout.openid</c> (OpenID Connect RP-Initiated Logout §2): checks who asks and where the browser goes afterwards, keeps it, and
/// sends the browser to the portal, which asks the person and ends the session. Whatever is wrong is told on a page: no error is redirected.
/// </summary>
public sealed partial class LogoutEndpoint(
    ApplicationRegistry applications, IdTokenHints hints, LogoutRequestRegister requests, StoreDatabase database, UnprovenRequestPace pace, ILogger<LogoutEndpoint> log)
{
    private const int MaxStateLength = 4096;

    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            await BeginAsync(http);
        }
        catch (Exception exception) when (StoreFault.IsAway(exception) && !http.Response.HasStarted)
        {
            await ShowAsync(http, StatusCodes.Status503ServiceUnavailable, "store_away", "You cannot be signed out at the moment", "Reload this page in a moment.");
        }
    }

    private async Task BeginAsync(HttpContext http)
    {
        if (pace.Take(http.Connection.RemoteIpAddress) is { } wait)
        {
            http.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            await ShowAsync(http, StatusCodes.Status429TooManyRequests, "too_many_requests", "Too many requests come from your address", "Try again in a minute.");
            return;
        }

        // 1. Who asks, and for whom.
        var parameters = await AuthorizationParameters.ReadAsync(http.Request);
        var hint = hints.Read(parameters["id_token_hint"]);
        var clientId = parameters["client_id"] ?? hint?.ClientId;
        if (parameters.Fault is { } fault)
        {
            await RefuseAsync(http, "malformed", fault);
            return;
        }
        if (parameters["id_token_hint"] is not null && hint is null)
        {
            await RefuseAsync(http, "wrong_hint", "The id_token_hint is no ID token that this server issued, or too old to be recognised.");
            return;
        }
        if (hint is not null && clientId != hint.ClientId)
        {
            await RefuseAsync(http, "hint_of_another", "The id_token_hint was issued to another application than the client_id says.");
            return;
        }
        var found = clientId is null ? Lookup<RegisteredApplication>.Absent : await applications.FindAsync(clientId);
        if (!found.IsKnown) throw new TimeoutException("The store did not answer.");
        if (clientId is not null && found.Value is not { IsActive: true })
        {
            await RefuseAsync(http, "unknown_application", "The application that sent you here is not known.");
            return;
        }

        // 2. Where the browser goes afterwards: only to what is proven to be the application's (§3).
        var redirectUri = parameters["post_logout_redirect_uri"];
        if (redirectUri is not null && !MayReturn(found.Value, hint, redirectUri))
        {
            await RefuseAsync(http, "wrong_redirect_uri",
                "Nothing is sent to the return address. The application must have registered exactly the post_logout_redirect_uri that it sends, and say who it is.");
            return;
        }
        if (parameters["state"]?.Length > MaxStateLength)
        {
            await RefuseAsync(http, "long_state", $"The state may have up to {MaxStateLength} characters.");
            return;
        }

        // 3. Keep it, bound to this browser, and let the portal ask.
        if ((found.Value?.Organization ?? await FindOnlyOrganizationAsync(http.RequestAborted)) is not { } organization)
        {
            await RefuseAsync(http, "no_application", "Nothing says which portal you are signed in to. Sign out there.");
            return;
        }
        var handle = await requests.BeginAsync(new LogoutRequest
        {
            Organization = organization, ApplicationName = found.Value?.Name ?? string.Empty, RedirectUri = redirectUri, State = parameters["state"],
            IsUnverified = found.Value is { IsApproved: false }, UserId = hint?.UserId, SessionId = hint?.SessionId, Browser = InteractionRegister.HashOf(BrowserBinding.Of(http)),
        }, http.RequestAborted);
        http.Response.Headers.CacheControl = "no-store";
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = LogoutRequestRegister.PagePath(organization, handle);
    }

    // Nobody answers for the addresses of an application that registered itself, until a person has approved it;
    // the portal goes back there only from the session that the hint names, because anybody may keep an ID token of their own.
    private static bool MayReturn(RegisteredApplication? application, IdTokenHint? hint, string redirectUri) =>
        application is not null && application.PostLogoutRedirectUris.Contains(redirectUri, StringComparer.Ordinal) && (hint is not null || application.IsApproved);

    private async Task<string?> FindOnlyOrganizationAsync(CancellationToken cancellation)
    {
        await using var db = database.Open();
        return await db.Organizations.AsNoTracking().Select(row => row.Slug).Take(2).ToListAsync(cancellation) is [var only] ? only : null;
    }

    private Task RefuseAsync(HttpContext http, string code, string text) =>
        ShowAsync(http, StatusCodes.Status400BadRequest, code, "You have not been signed out", text);

    private Task ShowAsync(HttpContext http, int status, string code, string title, string text)
    {
        var traceId = TraceId.New();
        LogShown(code, http.Connection.RemoteIpAddress, traceId);
        return PlainPage.WriteAsync(http, status, title, $"<p>{WebUtility.HtmlEncode(text)}</p><p><small>Trace {traceId}</small></p>");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Logout request refused: {Code}, from {Source}, trace {TraceId}.")]
    private partial void LogShown(string code, IPAddress? source, string traceId);
}
