using Gatehouse.Store.Grants;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer.Requests;

/// <summary>The cookie that binds what a browser has begun to that browser.</summary>
internal static class BrowserBinding
{
    private const int MaxLength = 128;

    /// <summary>The browser's value; a new one when it has none yet. Lax: it must come along when another site's page sends the browser here.</summary>
    public static string Of(HttpContext http)
    {
        if (http.Request.Cookies[InteractionRegister.BrowserCookie] is { Length: > 0 and <= MaxLength } known) return known;
        var made = InteractionRegister.NewBrowser();
        http.Response.Cookies.Append(InteractionRegister.BrowserCookie, made,
            new CookieOptions { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true });
        return made;
    }
}
