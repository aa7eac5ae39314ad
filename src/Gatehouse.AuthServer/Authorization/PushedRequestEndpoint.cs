using System.Text.Json;
using Gatehouse.AuthServer.Issuing;
using Gatehouse.AuthServer.Requests;
using Gatehouse.AuthServer.SenderConstraint;
using Gatehouse.Protocol.Authorization;
using Gatehouse.Protocol.Dpop;
using Gatehouse.Store.Database;
using Gatehouse.Store.Grants;
using Gatehouse.Store.Registry;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer.Authorization;

/// <summary>
/// <c>POST /as/par.oauth2</c> (RFC 9126): the application hands over its authorization request itself, and the browser carries a reference
/// only. Nobody on the way can read or change it, and what is wrong with it is told before a person is bothered.
/// </summary>
public sealed class PushedRequestEndpoint(
    ClientRequests requests, DpopProofs proofs, ApiCatalog apis, RequestObjects requestObjects, IdTokenHints hints, InteractionRegister interactions,
    UnprovenRequestPace pace, OAuthFailureWriter failures, TimeProvider clock)
{
    /// <summary>What a reference begins with (RFC 9126 §2.2).</summary>
    public const string Prefix = "urn:ietf:params:oauth:request_uri:";

    public async Task HandleAsync(HttpContext http)
    {
        if (await requests.AcceptAsync(http, isBeginning: true) is not { Application: var application, Form: var form }) return;
        var registered = application.Registered;
        var (parameters, fault) = await requestObjects.OpenAsync(new AuthorizationParameters(form, Fault: null), registered, http.RequestAborted);
        var failure = fault is null ? OAuthFailure.WrongRegisteredRedirectUri : OAuthFailure.Authorization(AuthorizationError.InvalidRequestObject(fault));
        AuthorizationInteraction? interaction = null;
        if (fault is null && AuthorizationRules.FindRedirectUri(registered, parameters["redirect_uri"]) is { } redirectUri)
        {
            var target = new AuthorizationTarget(redirectUri, AuthorizationRules.ResponseMode(parameters), parameters["state"]);
            failure = parameters["request_uri"] is not null ? OAuthFailure.RequestUriInPush
                : AuthorizationRules.Check(parameters, target, registered, apis.Current, clock.GetUtcNow(), out interaction) is { } error
                    ? OAuthFailure.Authorization(error) : null;
        }
        // RFC 9449 §10.1: a proof here binds the code as dpop_jkt does; when both are there they must agree.
        DpopProof? proof = null;
        if (failure is null && http.Request.Headers.ContainsKey(DpopProof.Header))
            failure = proofs.Read(http, AuthServerOptions.PushedRequestPath, registered, out proof);
        if (failure is null && proof is not null && interaction!.DpopKey is { } key && key != proof.Thumbprint) failure = OAuthFailure.DpopKeysDiffer;
        if (failure is null && registered.IsPublic && pace.Take(http.Connection.RemoteIpAddress) is { } wait) failure = OAuthFailure.TooManyRequests(wait);
        if (failure is null && !await requests.ConsumeAsync(http, application)) return;
        try
        {
            failure ??= await proofs.ConsumeAsync(http, proof);
            if (failure is null)
            {
                interaction = interaction! with { DpopKey = proof?.Thumbprint ?? interaction.DpopKey };
                interaction = interaction with { HintedUserId = hints.Read(parameters["id_token_hint"])?.UserId };
                await WriteAsync(http, await interactions.PushAsync(interaction, http.RequestAborted));
                return;
            }
        }
        catch (Exception exception) when (StoreFault.IsAway(exception) && !http.Response.HasStarted)
        {
            failure = OAuthFailure.StoreAway;
        }
        await failures.WriteAsync(http, failure, registered.ClientId, registered);
    }

    private static async Task WriteAsync(HttpContext http, string handle)
    {
        http.Response.StatusCode = StatusCodes.Status201Created;
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("request_uri", Prefix + handle);
        json.WriteNumber("expires_in", (int)InteractionRegister.PushedLifetime.TotalSeconds);
        json.WriteEndObject();
    }
}
