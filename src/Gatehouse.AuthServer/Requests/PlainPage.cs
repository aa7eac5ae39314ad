using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer.Requests;

/// <summary>
/// A page of the authorization server itself, for the moments at which there is no application and no portal to send the browser to. Its style
/// and its one line of script stand in it and are allowed by their hashes alone.
/// </summary>
internal static class PlainPage
{
    private const string Style =
        ":root{color-scheme:light dark}body{margin:0;min-height:100vh;display:grid;place-items:center;font:16px/1.5 system-ui,sans-serif;"
        + "background:light-dark(#f6f7f9,#14161a);color:light-dark(#1b1e24,#e8eaee)}main{max-width:34rem;margin:1.5rem;padding:2rem;"
        + "border:1px solid light-dark(#dfe2e8,#2c3038);border-radius:12px;background:light-dark(#fff,#1b1e24);overflow-wrap:anywhere}"
        + "h1{margin:0 0 .75rem;font-size:1.35rem;line-height:1.25}p{margin:0 0 .75rem}small{color:light-dark(#5b6270,#a3a9b5)}"
        + "button{font:inherit;padding:.5rem 1.1rem;border:0;border-radius:8px;background:light-dark(#1f5fd0,#7aa7ff);color:light-dark(#fff,#10141c)}";

    private const string Script = "document.forms[0].submit()";

    private static readonly string Policy =
        $"default-src 'none'; style-src '{Hash(Style)}'; script-src '{Hash(Script)}'; frame-ancestors 'none'; base-uri 'none'";

    /// <param name="http">The request.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="title">The heading, as text.</param>
    /// <param name="content">What stands under it, as HTML.</param>
    /// <param name="submits">Whether the page sends its form at once.</param>
    public static Task WriteAsync(HttpContext http, int status, string title, string content, bool submits = false)
    {
        var page = $"""
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{WebUtility.HtmlEncode(title)}</title><style>{Style}</style></head>
            <body><main><h1>{WebUtility.HtmlEncode(title)}</h1>{content}</main>{(submits ? $"<script>{Script}</script>" : string.Empty)}</body></html>
            """;
        var response = http.Response;
        response.StatusCode = status;
        response.ContentType = "text/html; charset=utf-8";
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.XFrameOptions = "DENY";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = "no-store";
        return response.WriteAsync(page, http.RequestAborted);
    }

    private static string Hash(string text) => "sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
