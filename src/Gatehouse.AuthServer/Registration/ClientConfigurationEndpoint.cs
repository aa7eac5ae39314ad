using System.Text.Json;
using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.Bearer;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer.Registration;

/// <summary>
/// <c>/as/clients.oauth2/{client_id}</c> (RFC 7592 §2): a registered application reads, replaces and deletes its registration with the token that
/// it got when it registered.
/// </summary>
public sealed class ClientConfigurationEndpoint(AuthServerOptions options, RegistrationUpdates updates, RegistrationPace pace)
{
    // RFC 7592 §2.2: these are the server's to say.
    private static readonly string[] NeverSent = ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"];

    private static readonly TimeSpan StoreRetry = TimeSpan.FromSeconds(2);

    public async Task HandleAsync(HttpContext http)
    {
        try
        {
            await DecideAsync(http);
        }
        catch (Exception exception) when (StoreFault.IsAway(exception) && !http.Response.HasStarted)
        {
            await RegistrationAnswer.RefuseForNowAsync(http, StatusCodes.Status503ServiceUnavailable, StoreRetry, "The server cannot decide at the moment.");
        }
    }

    private async Task DecideAsync(HttpContext http)
    {
        // A client that was deleted, one that there never was and a wrong token get one answer (RFC 7592 §2).
        var (authorization, clientId) = (http.Request.Headers.Authorization.ToString(), (string)http.Request.RouteValues["client_id"]!);
        var token = BearerToken.IsBearer(authorization) && BearerToken.TryParse(authorization, out var presented) ? presented.ToString() : null;
        if (token is null || clientId.Length > Application.MaxClientIdLength || clientId.Contains('\0', StringComparison.Ordinal)
            || await updates.FindAsync(clientId, token, http.RequestAborted) is not { } application)
        {
            await RegistrationAnswer.RefuseTokenAsync(http);
            return;
        }
        if (HttpMethods.IsPut(http.Request.Method)) await ChangeAsync(http, application, token);
        else if (HttpMethods.IsDelete(http.Request.Method)) await DeleteAsync(http, application);
        else await RegistrationAnswer.WriteClientAsync(http, StatusCodes.Status200OK, options.Issuer, new SelfRegistered(application, null, null), token);
    }

    private async Task ChangeAsync(HttpContext http, Application application, string token)
    {
        if (pace.Take(http.Connection.RemoteIpAddress) is { } wait)
        {
            await RegistrationAnswer.RefuseForNowAsync(http, StatusCodes.Status429TooManyRequests, wait, "Too many registrations come from your address.");
            return;
        }
        using var body = await RegistrationBody.ReadAsync(http.Request);
        var registration = application.Registration!;
        ReadMetadata? read = null;
        var fault = body is null ? RegistrationBody.Fault : CheckIdentity(body.RootElement, application)
            ?? MetadataReader.Read(body.RootElement, RegistrationScope.GrantTypesOf(registration.Kind), out read);
        if (read is not null) fault ??= RegistrationScope.CheckCertificate(read.Draft, options.MutualTls);
        var allowed = ScopeSet.TryParse(registration.AllowedScope, out var scopes) ? scopes : ScopeSet.Empty;
        var scope = read is null ? null : RegistrationScope.Choose(read.Scope, allowed);
        if (fault is null && scope is null) fault = MetadataFault.InvalidMetadata("scope: none of these scopes can be had by registering.");
        if (fault is not null)
        {
            await RegistrationAnswer.RefuseAsync(http, fault);
            return;
        }
        var secret = body!.RootElement.TryGetProperty("client_secret", out var named) ? new ClientSecret(named.GetString()!) : (ClientSecret?)null;
        var outcome = await updates.ChangeAsync(application.Id, new RegistrationChange(
            RegistrationScope.LimitDetailsTypes(read!.Draft, options.Registration, application.AuthorizationDetailsTypes), scope!, read.Details) { Secret = secret }, http.RequestAborted);
        await (outcome.Refusal switch
        {
            Refusal.None => RegistrationAnswer.WriteClientAsync(http, StatusCodes.Status200OK, options.Issuer, outcome.Value!, token),
            Refusal.NotFound => RegistrationAnswer.RefuseTokenAsync(http),
            Refusal.Conflict => RegistrationAnswer.RefuseForNowAsync(http, StatusCodes.Status503ServiceUnavailable, StoreRetry, outcome.Message),
            _ => RegistrationAnswer.RefuseAsync(http, MetadataFault.Of(outcome.Field, outcome.Message)),
        });
    }

    private static MetadataFault? CheckIdentity(JsonElement body, Application application)
    {
        if (NeverSent.FirstOrDefault(name => body.TryGetProperty(name, out _)) is { } never)
            return MetadataFault.InvalidMetadata($"{never}: leave it out (RFC 7592 section 2.2).");
        if (!body.TryGetProperty("client_id", out var id) || id.ValueKind != JsonValueKind.String || !id.ValueEquals(application.ClientId))
            return MetadataFault.InvalidMetadata("client_id: send the one of this client.");
        return body.TryGetProperty("client_secret", out var secret) && secret.ValueKind != JsonValueKind.String
            ? MetadataFault.InvalidMetadata("client_secret: give a text, or leave it out.") : null;
    }

    private async Task DeleteAsync(HttpContext http, Application application)
    {
        await updates.DeleteAsync(application, http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        http.Response.Headers.CacheControl = "no-store";
    }
}
