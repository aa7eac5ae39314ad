using System.Globalization;
using System.Text.Json;
using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.Protocol.Certificates;
using Gatehouse.Protocol.Vocabulary;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer.Registration;

/// <summary>Writes what registration answers: all that is registered (RFC 7591 §3.2.1), or why not (§3.2.2). Nothing of it may be stored on the way.</summary>
internal static class RegistrationAnswer
{
    public static string UrlOf(string issuer, string clientId) => $"{issuer}{AuthServerOptions.RegistrationPath}/{clientId}";

    public static Task RefuseAsync(HttpContext http, MetadataFault fault) =>
        WriteErrorAsync(http, StatusCodes.Status400BadRequest, fault.Code, fault.Description);

    /// <summary>RFC 6750 §3.1: the token was missing, wrong, used up or expired; nobody is told which.</summary>
    public static Task RefuseTokenAsync(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer error=\"invalid_token\"";
        return WriteErrorAsync(http, StatusCodes.Status401Unauthorized, "invalid_token", "This needs a valid token.");
    }

    public static Task RefuseForNowAsync(HttpContext http, int status, TimeSpan wait, string description)
    {
        http.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        return WriteErrorAsync(http, status, "temporarily_unavailable", description);
    }

    public static Task WriteErrorAsync(HttpContext http, int status, string code, string description) => WriteAsync(http, status, json =>
    {
        json.WriteString("error", code);
        json.WriteString("error_description", description);
        json.WriteString("trace_id", TraceId.New());
    });

    /// <param name="http">The request.</param>
    /// <param name="status">201 or 200.</param>
    /// <param name="issuer">This server.</param>
    /// <param name="registered">The application with its registration; its new secret, when it has one.</param>
    /// <param name="accessToken">The registration access token.</param>
    public static Task WriteClientAsync(HttpContext http, int status, string issuer, SelfRegistered registered, string accessToken) =>
        WriteAsync(http, status, json =>
        {
            var row = registered.Application;
            json.WriteString("client_id", row.ClientId);
            json.WriteNumber("client_id_issued_at", row.CreatedAt.ToUnixTimeSeconds());
            if (registered.Secret is { } secret)
            {
                json.WriteString("client_secret", secret.Secret.Reveal());
                json.WriteNumber("client_secret_expires_at", secret.Row.ExpiresAt?.ToUnixTimeSeconds() ?? 0);
            }
            json.WriteString("registration_access_token", accessToken);
            json.WriteString("registration_client_uri", UrlOf(issuer, row.ClientId));
            WriteMetadata(json, row);
            WriteDetails(json, RegistrationDetails.Read(row.Registration!.Details));
        });

    private static void WriteMetadata(Utf8JsonWriter json, Application row)
    {
        json.WriteString("client_name", row.Name);
        WriteList(json, "redirect_uris", row.RedirectUris);
        WriteList(json, "grant_types", row.GrantTypes);
        WriteList(json, "response_types", row.GrantTypes.Contains(GrantType.AuthorizationCode) ? ["code"] : []);
        json.WriteString("token_endpoint_auth_method", row.TokenEndpointAuthMethod);
        json.WriteString("scope", row.Registration!.Scope);
        json.WriteBoolean("dpop_bound_access_tokens", row.DpopBoundAccessTokens);
        json.WriteBoolean("tls_client_certificate_bound_access_tokens", row.CertificateBoundAccessTokens);
        if (CertificateSubject.Read(row.CertificateSubject) is { } subject) json.WriteString(subject.Member, subject.Value);
        json.WriteBoolean("require_pushed_authorization_requests", row.RequirePushedAuthorizationRequests);
        if (row.AuthorizationDetailsTypes.Count > 0) WriteList(json, "authorization_details_types", row.AuthorizationDetailsTypes);
        json.WriteString("id_token_signed_response_alg", row.IdTokenSignedResponseAlg);
        if (row.PostLogoutRedirectUris.Count > 0) WriteList(json, "post_logout_redirect_uris", row.PostLogoutRedirectUris);
        if (row.BackchannelLogoutUri.Length > 0)
        {
            json.WriteString("backchannel_logout_uri", row.BackchannelLogoutUri);
            json.WriteBoolean("backchannel_logout_session_required", row.BackchannelLogoutSessionRequired);
        }
        if (row.JwksUri.Length > 0) json.WriteString("jwks_uri", row.JwksUri);
        if (row.Jwks.Length == 0) return;
        json.WritePropertyName("jwks");
        json.WriteRawValue(row.Jwks);
    }

    private static void WriteDetails(Utf8JsonWriter json, RegistrationDetails details)
    {
        foreach (var (name, value) in ((string, string?)[])
            [("client_uri", details.ClientUri), ("logo_uri", details.LogoUri), ("tos_uri", details.TosUri), ("policy_uri", details.PolicyUri),
            ("software_id", details.SoftwareId), ("software_version", details.SoftwareVersion)])
            if (value is not null) json.WriteString(name, value);
        if (details.Contacts is { } contacts) WriteList(json, "contacts", contacts);
    }

    private static void WriteList(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static Task WriteAsync(HttpContext http, int status, Action<Utf8JsonWriter> write)
    {
        using var body = new MemoryStream();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        var response = http.Response;
        response.StatusCode = status;
        response.Headers.CacheControl = "no-store";
        response.Headers.Pragma = "no-cache";
        response.ContentType = "application/json";
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body.ToArray()).AsTask();
    }
}
