using System.Text.Json;
using Gatehouse.AuthServer.Issuing;
using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.RichAuthorization;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Database;
using Gatehouse.Store.Grants;
using Gatehouse.Store.Registry;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer.Device;

/// <summary>
/// <c>POST /as/device_authz.oauth2</c> (RFC 8628 §3.1): a device without a browser gets a code to show, and asks at the token endpoint until
/// its user has typed that code on the portal and decided.
/// </summary>
public sealed class DeviceAuthorizationEndpoint(
    AuthServerOptions options, ClientRequests requests, ApiCatalog apis, DeviceRegister devices, UnprovenRequestPace pace, OAuthFailureWriter failures)
{
    public async Task HandleAsync(HttpContext http)
    {
        if (await requests.AcceptAsync(http) is not { Application: var application, Form: var form }) return;
        var registered = application.Registered;
        GrantedAccess? access = null;
        var asked = new AccessRequest(form["scope"], form.All("resource")) { IsForUser = true };
        var details = AuthorizationDetails.None;
        var failure = registered.GrantTypes.Contains(GrantType.DeviceCode)
            ? DetailsPolicy.Apply(new DetailsRequest(form[AuthorizationDetails.Name], asked.Resources), registered, apis.Current, out details)
            : OAuthFailure.GrantNotAllowed(GrantType.DeviceCode);
        failure ??= ScopePolicy.Apply(asked with { Details = details }, registered, apis.Current, out access);
        if (failure is null && registered.IsPublic && pace.Take(http.Connection.RemoteIpAddress) is { } wait) failure = OAuthFailure.TooManyRequests(wait);
        if (failure is null && !await requests.ConsumeAsync(http, application)) return;
        try
        {
            if (failure is null)
            {
                var request = new DeviceRequest
                {
                    UserCode = string.Empty, ApplicationId = registered.Id, OrganizationId = registered.OrganizationId,
                    Scope = access!.Scope.ToString(), Resources = asked.Resources,
                    Details = details.Count > 0 ? details.Text : null,
                };
                var (deviceCode, userCode) = await devices.BeginAsync(request, http.RequestAborted);
                await WriteAsync(http, options.Issuer + DeviceRegister.PagePath(registered.Organization), deviceCode, userCode);
                return;
            }
        }
        catch (Exception exception) when (StoreFault.IsAway(exception) && !http.Response.HasStarted)
        {
            failure = OAuthFailure.StoreAway;
        }
        await failures.WriteAsync(http, failure, registered.ClientId, registered);
    }

    private static async Task WriteAsync(HttpContext http, string page, string deviceCode, string userCode)
    {
        http.Response.ContentType = "application/json";
        http.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(http.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("device_code", deviceCode);
        json.WriteString("user_code", userCode);
        json.WriteString("verification_uri", page);
        json.WriteString("verification_uri_complete", $"{page}?user_code={userCode}");
        json.WriteNumber("expires_in", (int)DeviceRequest.Lifetime.TotalSeconds);
        json.WriteNumber("interval", DeviceRegister.IntervalSeconds);
        json.WriteEndObject();
    }
}
