using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.AuthServer;

/// <summary>
/// Lets applications that run in a browser call from any origin what they call themselves (Fetch, CORS protocol). Never with the browser's own
/// credentials: what counts is in the request, so the origin adds nothing. The authorization endpoint is for browsers to go to, and introspection
/// for servers: neither takes part. What is allowed and how it is said is the framework's; its middleware is not used, because it asks for services and
/// leaves a note for each request, of a page or not.
/// </summary>
public static class CrossOrigin
{
    private static readonly TimeSpan PreflightMaxAge = TimeSpan.FromHours(1);

    // What a script may read besides the headers that it always may: why it was refused, the nonce for its next proof, when to come again.
    private static readonly string[] Exposed = ["WWW-Authenticate", "DPoP-Nonce", "Retry-After"];

    /// <summary>
    /// Says to pages of other origins what each endpoint allows them, and answers their preflight requests. Needs to stand between <c>UseRouting</c> and
    /// the endpoints.
    /// </summary>
    public static void UseCrossOrigin(this IApplicationBuilder app)
    {
        var cors = app.ApplicationServices.GetRequiredService<ICorsService>();
        app.Use(next => http => http.Request.Headers.Origin.Count > 0 && http.GetEndpoint()?.Metadata.GetMetadata<CorsPolicy>() is { } policy
            ? AnswerAsync(http, cors, policy, next) : next(http));
    }

    /// <summary>Needs <see cref="UseCrossOrigin"/>, which answers preflight requests for these methods.</summary>
    internal static void AllowAnyOrigin(this IEndpointConventionBuilder endpoint, params string[] methods)
    {
        var policy = new CorsPolicyBuilder()
            .AllowAnyOrigin().AllowAnyHeader().WithMethods(methods).WithExposedHeaders(Exposed).SetPreflightMaxAge(PreflightMaxAge).Build();
        endpoint.Finally(built =>
        {
            foreach (var method in built.Metadata.OfType<IHttpMethodMetadata>()) method.AcceptCorsPreflight = true;
            built.Metadata.Add(policy);
        });
    }

    /// <summary>The same for an answer that is given before routing, and that holds nothing that is anybody's.</summary>
    internal static void AllowReading(IHeaderDictionary headers)
    {
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = "Retry-After";
    }

    private static Task AnswerAsync(HttpContext http, ICorsService cors, CorsPolicy policy, RequestDelegate next)
    {
        var allowed = cors.EvaluatePolicy(http, policy);
        if (allowed.IsPreflightRequest)
        {
            cors.ApplyResult(allowed, http.Response);
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        }
        http.Response.OnStarting(() => // Whoever answers, and however.
        {
            cors.ApplyResult(allowed, http.Response);
            return Task.CompletedTask;
        });
        return next(http);
    }
}
