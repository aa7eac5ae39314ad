using Gatehouse.Admin.Answers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Gatehouse.Admin.Requests;

/// <summary>What holds for the input of every route.</summary>
internal static class RequestLimits
{
    public static void LimitBodies(this RouteGroupBuilder group)
    {
        group.AddEndpointFilter(async (context, next) =>
        {
            if (context.Arguments.OfType<JsonBody>().Select(body => body.Fault).FirstOrDefault(fault => fault is not null) is { } fault) return fault;
            // Set by the framework when a parameter could not be read; it writes no body of its own.
            if (context.HttpContext.Response.StatusCode == StatusCodes.Status400BadRequest)
                return new Refused(StatusCodes.Status400BadRequest, "A query parameter has the wrong type.");
            return await next(context);
        });
    }
}
