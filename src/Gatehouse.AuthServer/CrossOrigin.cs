using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Gatehouse.AuthServer;

/// <summary>
/// Lets applications that run in a browser call from any origin what they call themselves (Fetch, CORS protocol). Never with the browser's own
/// credentials: what counts is in the request, so the origin adds nothing. The authorization endpoint is for browsers to go to, and introspection
/// for servers: neither takes part.
/// </summary>
internal static class CrossOrigin
{
    private static readonly TimeSpan PreflightMaxAge = TimeSpan.FromHours(1);

    // What a script may read besides the headers that it always may: why it was refused, the nonce for its next proof, when to come again.
    private static readonly string[] Exposed = ["WWW-Authenticate", "DPoP-Nonce", "Retry-After"];

    /// <summary>Needs <c>UseCors</c> behind <c>UseRouting</c>, which answers preflight requests for these methods.</summary>
    public static void AllowAnyOrigin(this IEndpointConventionBuilder endpoint, params string[] methods) => endpoint.RequireCors(policy => policy
        .AllowAnyOrigin().AllowAnyHeader().WithMethods(methods).WithExposedHeaders(Exposed).SetPreflightMaxAge(PreflightMaxAge));

    /// <summary>The same for an answer that is given before routing, and that holds nothing that is anybody's.</summary>
    public static void AllowReading(IHeaderDictionary headers)
    {
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = "Retry-After";
    }
}
