using Gatehouse.Admin.Answers;
using Gatehouse.Protocol.AccessTokens;
using Gatehouse.Protocol.Bearer;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Recording;
using Gatehouse.Store.Registry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Admin.Access;

/// <summary>
/// Stands before every route: a call is let in only with an access token of a live application that has an approved contract for the Admin
/// API and the scope <c>gatehouse.admin</c>, asked anew on every call. Nothing of a refused call is read but its header.
/// </summary>
internal sealed partial class AdminAccess
{
    private readonly AdminOptions _options;
    private readonly AccessTokenVerifier _verifier;
    private readonly AccessCheck _check;
    private readonly ApiCatalog _catalog;
    private readonly ProblemRecorder _problems;
    private readonly TimeProvider _clock;
    private readonly ILogger<AdminAccess> _log;
    private readonly string _metadataUrl;

    public AdminAccess(
        AdminOptions options, VerificationKeys keys, AccessCheck check, ApiCatalog catalog, ProblemRecorder problems, TimeProvider clock,
        ILogger<AdminAccess> log)
    {
        (_options, _check, _catalog, _problems, _clock, _log) = (options, check, catalog, problems, clock, log);
        _metadataUrl = AdminMetadata.UrlOf(options);
        _verifier = keys.Follow(new AccessTokenVerifier(options.Issuer, clock));
    }

    /// <summary>Verifies a token that is talked about rather than used: form, signature, issuer and times.</summary>
    public AccessTokenFailure Verify(string token, out VerifiedAccessToken? verified) => _verifier.Verify(token, out verified);

    public async Task HandleAsync(HttpContext http, RequestDelegate next)
    {
        http.Response.Headers.CacheControl = "no-store";
        var (failure, application) = await DecideAsync(http.Request);
        if (failure is not null)
        {
            await RefuseAsync(http, failure, application);
            return;
        }
        http.Features.Set(new AdminCaller(application!.OrganizationId, application.ClientId));
        try
        {
            await next(http);
        }
        catch (Exception exception) when ((StoreFault.IsLostRace(exception) || StoreFault.IsAway(exception)) && !http.Response.HasStarted)
        {
            LogStoreFault(exception);
            var answer = StoreFault.IsLostRace(exception) ? Refused.Collision : Refused.Unavailable;
            await answer.ExecuteAsync(http);
        }
    }

    private async ValueTask<(AdminFailure? Failure, RegisteredApplication? Application)> DecideAsync(HttpRequest request)
    {
        // 1 One token, in the one place where it may stand.
        if (request.Query.ContainsKey("access_token")) return (AdminFailure.TokenInQuery, null);
        var headers = request.Headers.Authorization;
        if (headers.Count == 0) return (AdminFailure.NoToken, null);
        if (headers.Count > 1) return (AdminFailure.MalformedHeader, null);
        if (!BearerToken.IsBearer(headers[0])) return (AdminFailure.NoToken, null);
        if (!BearerToken.TryParse(headers[0], out var token)) return (AdminFailure.MalformedHeader, null);

        // 2 What never changes about it.
        var failure = _verifier.Verify(token, out var verified);
        if (verified is null) return (AdminFailure.Of(failure), null);
        if (verified.Claims.Confirmation is not null) return (AdminFailure.TokenIsBound, null);

        // 3 What may have changed since the last call. A scope names one API, so the scope finds it.
        if (_catalog.Current.WithScope(AdminOptions.Scope) is not { } api || api.Resource != _options.Resource) return (AdminFailure.Unavailable, null);
        var access = await _check.CheckAsync(verified.Claims, api, AdminOptions.Scope);
        if (access.Failure != AccessFailure.None) return (AdminFailure.Of(access.Failure), access.Application);
        return (SpeaksForItself(verified.Claims) ? null : AdminFailure.SpeaksForAnother, access.Application);
    }

    // Who operates the server is an application with a contract for that. Nobody becomes one through what a user allowed or somebody passed on.
    private static bool SpeaksForItself(AccessTokenClaims claims) =>
        claims.Subject == claims.ClientId && claims.GrantId is null && claims.Actor is null && claims.Origins.Count == 0;

    private Task RefuseAsync(HttpContext http, AdminFailure failure, RegisteredApplication? application)
    {
        var traceId = TraceId.New();
        var source = http.Connection.RemoteIpAddress?.ToString() ?? string.Empty;
        LogRefused(failure.Code, application?.ClientId ?? "unknown", source, traceId);
        if (application is not null && failure.Status != StatusCodes.Status503ServiceUnavailable)
        {
            _problems.Record(new Problem
            {
                ApplicationId = application.Id, At = _clock.GetUtcNow(), TraceId = traceId, Code = failure.Code, Cause = failure.Cause,
                SourceAddress = source,
            });
        }
        // RFC 9728 §5.1.
        if (failure.Challenge is not null) http.Response.Headers.WWWAuthenticate = $"{failure.Challenge}, resource_metadata=\"{_metadataUrl}\"";
        return new Refused(failure.Status, failure.Detail) { TraceId = traceId }.ExecuteAsync(http);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Admin call refused: {Code}. Application {ClientId}, from {Source}, trace {TraceId}.")]
    private partial void LogRefused(string code, string clientId, string source, string traceId);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store did not take or give what an admin call asked for.")]
    private partial void LogStoreFault(Exception exception);
}

/// <summary>Attaches <see cref="AdminAccess"/> to routes.</summary>
internal static class AdminAccessConventions
{
    /// <summary>
    /// Puts the check before all that a route does. Not an endpoint filter: filters run after the parameters were bound, and the body of a
    /// caller who is not let in must not be read.
    /// </summary>
    public static void RequireAdmin(this IEndpointConventionBuilder routes, AdminAccess access) => routes.Add(endpoint =>
    {
        var route = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = http => access.HandleAsync(http, route);
    });
}
