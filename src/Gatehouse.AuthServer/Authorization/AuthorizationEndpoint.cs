using System.Globalization;
using System.Net;
using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.AuthServer.Issuing;
using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.Authorization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Grants;
using Gatehouse.Store.Registry;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gatehouse.AuthServer.Authorization;

/// <summary>
/// <c>/as/authorization.oauth2</c> (RFC 6749 §3.1): checks the request, keeps it, and sends the browser to the portal, where the user signs in
/// and decides. What is wrong with the application or its redirect URI is told to the person on a page, never sent to an unproven URI.
/// </summary>
public sealed partial class AuthorizationEndpoint(
    AuthServerOptions options, ClientDocuments applications, ApiCatalog apis, RequestObjects requestObjects, IdTokenHints hints, InteractionRegister interactions,
    UnprovenRequestPace pace, TimeProvider clock,
    ILogger<AuthorizationEndpoint> log)
{
    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            await AuthorizeAsync(http);
        }
        catch (Exception exception) when (StoreFault.IsAway(exception) && !http.Response.HasStarted)
        {
            LogStoreAway(exception);
            await ShowAsync(http, StatusCodes.Status503ServiceUnavailable, "store_away", "This cannot be decided at the moment",
                "Go back to the application in a moment and try again.");
        }
    }

    private async Task AuthorizeAsync(HttpContext http)
    {
        if (pace.Take(http.Connection.RemoteIpAddress) is { } wait)
        {
            http.Response.Headers.RetryAfter = ((int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
            await ShowAsync(http, StatusCodes.Status429TooManyRequests, "too_many_requests", "Too many sign-ins begin from your address",
                "Go back to the application in a minute and try again.");
            return;
        }
        // 1. Who asks, and where the answer goes: until both are proven, faults are shown here.
        var parameters = await AuthorizationParameters.ReadAsync(http.Request);
        var found = parameters["client_id"] is { } clientId ? await applications.FindFreshAsync(clientId, http.Connection.RemoteIpAddress) : Lookup<RegisteredApplication>.Absent;
        if (!found.IsKnown) throw new TimeoutException("The store did not answer.");
        if (found.Value is not { } application)
        {
            await ShowAsync(http, StatusCodes.Status400BadRequest, "unknown_application", "This application is not known here",
                "The address that brought you here names no application (client_id). Its developer finds the right one on the developer portal.");
            return;
        }
        if (parameters["request_uri"]?.StartsWith(PushedRequestEndpoint.Prefix, StringComparison.Ordinal) == true)
        {
            await BeginPushedAsync(http, application, parameters["request_uri"]![PushedRequestEndpoint.Prefix.Length..]);
            return;
        }
        (parameters, var fault) = await requestObjects.OpenAsync(parameters, application, http.RequestAborted);
        if (fault is not null)
        {
            await ShowAsync(http, StatusCodes.Status400BadRequest, "invalid_request_object", "The application's signed request is not valid", fault);
            return;
        }
        if (AuthorizationRules.FindRedirectUri(application, parameters["redirect_uri"]) is not { } redirectUri)
        {
            await ShowAsync(http, StatusCodes.Status400BadRequest, "wrong_redirect_uri", "The application's return address is not registered",
                $"For your safety nothing is sent there. The developer of {application.Name} must register exactly the redirect_uri that it sends.");
            return;
        }
        var target = new AuthorizationTarget(redirectUri, AuthorizationRules.ResponseMode(parameters), parameters["state"]);

        // 2. What is asked for: from here on faults are the application's to hear.
        var error = AuthorizationRules.Check(parameters, target, application, apis.Current, clock.GetUtcNow(), out var interaction);
        if (error is null && application.RequirePushedAuthorizationRequests)
            error = AuthorizationError.InvalidRequest("This application must push its authorization requests (RFC 9126).");
        if (error is not null)
        {
            LogRefused(error.Code, error.Description, application.ClientId);
            await (application is { IsApproved: true, IsActive: true } ? AuthorizationAnswer.WriteErrorAsync(http, target, options.Issuer, error) : AuthorizationAnswer.ShowErrorAsync(http, error));
            return;
        }
        await BeginAsync(http, application, interaction! with { HintedUserId = hints.Read(parameters["id_token_hint"])?.UserId });
    }

    // What was pushed was checked then; anything else in this request has no meaning (RFC 9126 §4).
    private async Task BeginPushedAsync(HttpContext http, RegisteredApplication application, string handle)
    {
        if (await interactions.TakePushedAsync(handle, application.ClientId, http.RequestAborted) is { } pushed)
        {
            await BeginAsync(http, application, pushed with { StartedAt = clock.GetUtcNow() });
            return;
        }
        await ShowAsync(http, StatusCodes.Status400BadRequest, "unknown_request_uri", "This sign-in cannot begin any more",
            "The link to it works once and for a minute. Go back to the application and start again.");
    }

    // 3. Keep it, bound to this browser, and let the portal ask the user.
    private async Task BeginAsync(HttpContext http, RegisteredApplication application, AuthorizationInteraction interaction)
    {
        var handle = await interactions.BeginAsync(interaction with { Browser = InteractionRegister.HashOf(BrowserBinding.Of(http)) }, http.RequestAborted);
        http.Response.Headers.CacheControl = "no-store";
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = InteractionRegister.PagePath(application.Organization, handle);
    }

    private Task ShowAsync(HttpContext http, int status, string code, string title, string text)
    {
        var traceId = TraceId.New();
        LogShown(code, http.Connection.RemoteIpAddress, traceId);
        return PlainPage.WriteAsync(http, status, title, $"<p>{WebUtility.HtmlEncode(text)}</p><p><small>Trace {traceId}</small></p>");
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Authorization request refused: {Code}. {Description} Application {ClientId}.")]
    private partial void LogRefused(string code, string description, string clientId);

    [LoggerMessage(Level = LogLevel.Information, Message = "Authorization request refused on a page: {Code}, from {Source}, trace {TraceId}.")]
    private partial void LogShown(string code, IPAddress? source, string traceId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store could not be asked about an authorization request.")]
    private partial void LogStoreAway(Exception exception);
}
