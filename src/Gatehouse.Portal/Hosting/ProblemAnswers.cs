using Gatehouse.Portal.Pages.Problem;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Portal.Hosting;

/// <summary>Answers what ended without a page by the problem page.</summary>
internal static class ProblemAnswers
{
    public static IApplicationBuilder UseProblemAnswers(this IApplicationBuilder portal) => portal
        .UseExceptionHandler(new ExceptionHandlerOptions
        {
            ExceptionHandler = ShowAsync,
            SuppressDiagnosticsCallback = _ => true, // The page logs it, with the trace id that it shows.
            StatusCodeSelector = fault => fault is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError,
        })
        .UseStatusCodePages(context => context.HttpContext.Request.Path.StartsWithSegments(PortalAssets.Folder)
            ? Task.CompletedTask // A browser that looks for a stylesheet reads no page.
            : ShowAsync(context.HttpContext));

    // The page's endpoint is called itself: executing the request again under another path would show that path to the page.
    private static Task ShowAsync(HttpContext http)
    {
        var page = http.RequestServices.GetRequiredService<EndpointDataSource>().Endpoints.First(IsProblemPage);
        http.SetEndpoint(page);
        http.Request.RouteValues = new RouteValueDictionary(page.Metadata.GetMetadata<CompiledPageActionDescriptor>()!.RouteValues);
        return page.RequestDelegate!(http);
    }

    private static bool IsProblemPage(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<CompiledPageActionDescriptor>()?.ModelTypeInfo?.AsType() == typeof(ProblemPage);
}
