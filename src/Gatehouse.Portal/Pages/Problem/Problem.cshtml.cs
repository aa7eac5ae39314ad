using Gatehouse.Portal.Sessions;
using Gatehouse.Portal.Tenancy;
using Gatehouse.Protocol.Vocabulary;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Logging;

namespace Gatehouse.Portal.Pages.Problem;

/// <summary>
/// Says that something went wrong, in the look of every page. It asks the store nothing: the store may be what went wrong.
/// </summary>
[PublicPage]
[IgnoreAntiforgeryToken] // A form that was refused ends here with its own method.
internal sealed partial class ProblemPage(CurrentOrganization organization, ILogger<ProblemPage> log) : PageModel
{
    public string Trace { get; } = TraceId.New();

    public string Heading { get; private set; } = string.Empty;

    public string Explanation { get; private set; } = string.Empty;

    /// <summary>Where to go from here: the user's own portal, or nothing when it is not known.</summary>
    public string? Home => PortalSession.TryRead(User, out var session) && organization.Value is { } known
        && known.Id == session.OrganizationId
        ? new PortalLinks(Request.PathBase, known.Slug).Applications
        : null;

    /// <summary>Before any handler, because there is none for most methods that end here.</summary>
    public override void OnPageHandlerExecuting(PageHandlerExecutingContext context)
    {
        // Whoever asks for this page itself asks for something that is not there.
        if (Response.StatusCode < StatusCodes.Status400BadRequest) Response.StatusCode = StatusCodes.Status404NotFound;
        (Heading, Explanation) = Words(Response.StatusCode);
        var level = Response.StatusCode >= StatusCodes.Status500InternalServerError ? LogLevel.Error : LogLevel.Information;
        LogProblem(level, HttpContext.Features.Get<IExceptionHandlerFeature>()?.Error, Response.StatusCode, Request.Path, Trace);
    }

    private static (string Heading, string Explanation) Words(int status) => status switch
    {
        400 => ("This form could not be read",
            "It was open for too long, or you signed in or out meanwhile. Reload the page and try again."),
        403 => ("You may not see this page", "Your role does not include it. The operator of the portal can change that."),
        404 => ("There is nothing here", "The page does not exist, or it belongs to somebody else."),
        405 => ("This page does not take that", "It cannot be asked for in this way."),
        413 => ("That was too much", "The form is larger than what a page here takes. Shorten it and try again."),
        >= 400 and < 500 => ("This request was refused", "Go back, reload the page and try again."),
        _ => ("Something went wrong on our side", "Nothing you did caused it. Try again; if it stays, tell support the trace id below."),
    };

    [LoggerMessage(Message = "Page answered {Status}: {Path}, trace {TraceId}.")]
    private partial void LogProblem(LogLevel level, Exception? exception, int status, string path, string traceId);
}
