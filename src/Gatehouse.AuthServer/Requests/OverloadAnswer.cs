using System.Globalization;
using System.Text.Json;
using Gatehouse.Protocol.Vocabulary;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer.Requests;

/// <summary>
/// What programs get from an overloaded node (RFC 6749 §5.2 names no code for it; that of §4.1.2.1 is used), before anything of their request has
/// been read. It is made once and has no trace id: there is nothing to find under it, since the log counts these refusals and lists none.
/// </summary>
public static class OverloadAnswer
{
    private static readonly byte[] Body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, string>
    {
        ["error"] = OAuthError.Overloaded.Code, ["error_description"] = OAuthError.Overloaded.Description,
    });

    // Not the authorization endpoint and logout, which people go to; not revocation, nor an application that deletes itself; not keys and metadata.
    private static readonly PathString[] Endpoints =
    [
        AuthServerOptions.TokenPath, AuthServerOptions.IntrospectionPath, AuthServerOptions.PushedRequestPath,
        AuthServerOptions.DeviceAuthorizationPath, AuthServerOptions.UserInfoPath, AuthServerOptions.RegistrationPath,
    ];

    /// <summary>Whether the request is one that an overloaded node may refuse.</summary>
    public static bool Concerns(HttpRequest request)
    {
        if (HttpMethods.IsDelete(request.Method)) return false;
        foreach (var endpoint in Endpoints)
            if (request.Path.StartsWithSegments(endpoint, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    public static Task WriteAsync(HttpContext http, int retryAfterSeconds)
    {
        var response = http.Response;
        response.StatusCode = OAuthError.Overloaded.Status;
        response.Headers.RetryAfter = retryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        response.Headers.CacheControl = "no-store";
        response.Headers.Pragma = "no-cache";
        if (http.Request.Headers.Origin.Count > 0) CrossOrigin.AllowReading(response.Headers);
        response.ContentType = "application/json";
        response.ContentLength = Body.Length;
        return response.Body.WriteAsync(Body).AsTask();
    }
}
