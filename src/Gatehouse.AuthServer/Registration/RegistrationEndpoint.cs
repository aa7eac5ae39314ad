using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.Bearer;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Gatehouse.AuthServer.Registration;

/// <summary>
/// <c>POST /as/clients.oauth2</c> (RFC 7591 §3): an application registers itself, with an initial access token or, where the settings allow it,
/// without one.
/// </summary>
public sealed partial class RegistrationEndpoint(
    AuthServerOptions options, InitialAccessTokens initialTokens, RegistrationOperations operations, RegistrationPace pace, ILogger<RegistrationEndpoint> log)
{
    private static readonly TimeSpan StoreRetry = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FullRetry = TimeSpan.FromHours(1);

    private RegistrationRules Rules => options.Registration;

    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            await RegisterAsync(http);
        }
        catch (Exception exception) when (StoreFault.IsAway(exception) && !http.Response.HasStarted)
        {
            LogStoreAway(exception);
            await RegistrationAnswer.RefuseForNowAsync(http, StatusCodes.Status503ServiceUnavailable, StoreRetry, "The server cannot decide at the moment.");
        }
    }

    private async Task RegisterAsync(HttpContext http)
    {
        // 1. By what right, and how often from here.
        if (pace.Take(http.Connection.RemoteIpAddress) is { } wait)
        {
            await RegistrationAnswer.RefuseForNowAsync(http, StatusCodes.Status429TooManyRequests, wait, "Too many registrations from this address.");
            return;
        }
        var (target, kind, token) = await FindRightAsync(http);
        if (target is null)
        {
            await RegistrationAnswer.RefuseTokenAsync(http);
            return;
        }

        // 2. What is asked for.
        using var body = await RegistrationBody.ReadAsync(http.Request);
        ReadMetadata? read = null;
        var fault = body is null ? RegistrationBody.Fault : MetadataReader.Read(body.RootElement, RegistrationScope.GrantTypesOf(kind), out read);
        if (read is not null) fault ??= RegistrationScope.CheckCertificate(read.Draft, options.MutualTls);
        var scope = read is null ? null : RegistrationScope.Choose(read.Scope, target.Scope);
        if (fault is null && scope is null) fault = MetadataFault.InvalidMetadata("scope: none of these scopes can be had by registering.");
        if (fault is not null)
        {
            LogRefused(fault.Code, fault.Description);
            await RegistrationAnswer.RefuseAsync(http, fault);
            return;
        }

        // 3. Commit, and answer.
        var outcome = await operations.RegisterAsync(new Store.Operations.Registration(target.OrganizationId, kind, RegistrationScope.LimitDetailsTypes(read!.Draft, Rules) with { PlanIds = target.PlanIds })
        {
            Scope = scope!, AllowedScope = target.Scope, Details = read.Details, InitialToken = token,
            MaxApplications = Rules.MaxApplications, UnusedFor = Rules.UnusedFor,
        }, http.RequestAborted);
        await AnswerAsync(http, outcome);
    }

    // A token that is presented counts, or nothing does: never is a wrong one passed over.
    private async Task<(RegistrationTarget? Target, RegistrationKind Kind, string? Token)> FindRightAsync(HttpContext http)
    {
        var authorization = http.Request.Headers.Authorization.ToString();
        if (http.Request.Headers.Authorization.Count > 0)
        {
            if (!BearerToken.IsBearer(authorization) || !BearerToken.TryParse(authorization, out var presented)) return default;
            var token = presented.ToString();
            return (await initialTokens.FindAsync(token, http.RequestAborted), RegistrationKind.InitialToken, token);
        }
        if (Rules.Mode == RegistrationMode.InitialAccessToken) return default;
        var target = await initialTokens.FindAsync(Rules.Organization, Rules.Apis, Rules.Scopes, http.RequestAborted);
        if (target is null) throw new TimeoutException("The settings of registration name an organization, an API or a plan that does not exist.");
        return (target, Rules.Mode == RegistrationMode.Open ? RegistrationKind.Open : RegistrationKind.Pending, null);
    }

    private Task AnswerAsync(HttpContext http, Outcome<SelfRegistered> outcome)
    {
        if (outcome.Value is { AccessToken: { } token } registered)
        {
            LogRegistered(registered.Application.ClientId, registered.Application.Registration!.Kind);
            return RegistrationAnswer.WriteClientAsync(http, StatusCodes.Status201Created, options.Issuer, registered, token);
        }
        return outcome.Refusal switch
        {
            Refusal.NotFound => RegistrationAnswer.RefuseTokenAsync(http), // Somebody else took its last use.
            Refusal.Conflict when outcome.Message == RegistrationOperations.Full =>
                RegistrationAnswer.RefuseForNowAsync(http, StatusCodes.Status429TooManyRequests, FullRetry, outcome.Message),
            Refusal.Conflict => RegistrationAnswer.RefuseForNowAsync(http, StatusCodes.Status503ServiceUnavailable, StoreRetry, outcome.Message),
            _ => RegistrationAnswer.RefuseAsync(http, MetadataFault.Of(outcome.Field, outcome.Message)),
        };
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Application {ClientId} registered itself ({Kind}).")]
    private partial void LogRegistered(string clientId, RegistrationKind kind);

    [LoggerMessage(Level = LogLevel.Information, Message = "Registration refused: {Code}. {Description}")]
    private partial void LogRefused(string code, string description);

    [LoggerMessage(Level = LogLevel.Error, Message = "A registration could not be decided.")]
    private partial void LogStoreAway(Exception exception);
}
