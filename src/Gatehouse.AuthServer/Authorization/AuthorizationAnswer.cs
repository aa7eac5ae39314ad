using System.Net;
using System.Text;
using Gatehouse.AuthServer.Requests;
using Gatehouse.Protocol.Authorization;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer.Authorization;

/// <summary>
/// Sends the browser back to the application with the code or the error: by query, or by a form that posts itself. Every answer names the
/// issuer, so that an application with several servers cannot be confused about whose it is (RFC 9207 §2).
/// </summary>
internal static class AuthorizationAnswer
{
    public const string Query = "query";
    public const string FormPost = "form_post";

    public static Task WriteCodeAsync(HttpContext http, AuthorizationTarget target, string issuer, string code) =>
        WriteAsync(http, target, issuer, [("code", code)]);

    public static Task WriteErrorAsync(HttpContext http, AuthorizationTarget target, string issuer, AuthorizationError error) =>
        WriteAsync(http, target, issuer, [("error", error.Code), ("error_description", error.Description)]);

    /// <summary>
    /// Tells the person instead: nobody has approved the application, and an error that is sent on would make a redirector of this server for
    /// whoever registers an address (RFC 9700 §4.11.2).
    /// </summary>
    public static Task ShowErrorAsync(HttpContext http, AuthorizationError error) =>
        PlainPage.WriteAsync(http, StatusCodes.Status400BadRequest, "The application did not get access",
            $"<p>{WebUtility.HtmlEncode(error.Description)}</p><p>Go back to the application if you want to try again.</p><p><small>{error.Code}</small></p>");

    private static Task WriteAsync(HttpContext http, AuthorizationTarget target, string issuer, IEnumerable<(string Name, string Value)> parameters)
    {
        if (target.State is not null) parameters = parameters.Append(("state", target.State));
        parameters = parameters.Append(("iss", issuer));
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        if (target.ResponseMode == FormPost) return WriteFormAsync(http, target.RedirectUri, parameters);
        // 303: whatever the method was, the browser comes with GET (RFC 9700 §4.12).
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        var separator = !target.RedirectUri.Contains('?', StringComparison.Ordinal) ? "?"
            : target.RedirectUri[^1] is '?' or '&' ? string.Empty : "&";
        http.Response.Headers.Location = target.RedirectUri + separator
            + string.Join('&', parameters.Select(pair => $"{pair.Name}={Uri.EscapeDataString(pair.Value)}"));
        return Task.CompletedTask;
    }

    private static Task WriteFormAsync(HttpContext http, string redirectUri, IEnumerable<(string Name, string Value)> parameters)
    {
        var form = new StringBuilder($"""<form method="post" action="{WebUtility.HtmlEncode(redirectUri)}">""");
        foreach (var (name, value) in parameters) form.Append($"""<input type="hidden" name="{name}" value="{WebUtility.HtmlEncode(value)}">""");
        form.Append("<p>You are being sent back to the application.</p><button>Continue</button></form>");
        return PlainPage.WriteAsync(http, StatusCodes.Status200OK, "Continue", form.ToString(), submits: true);
    }
}
