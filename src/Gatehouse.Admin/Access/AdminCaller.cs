using System.Reflection;
using Gatehouse.Store.Operations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gatehouse.Admin.Access;

/// <summary>The application that calls: checked, live, and bound to one organization. Only <see cref="AdminAccess"/> makes one.</summary>
internal sealed record AdminCaller(Guid OrganizationId, string ClientId)
{
    public Actor Actor => Actor.Client(ClientId);

    /// <summary>Lets a route handler take it; there is none on a route that nobody guarded, and then nothing is answered.</summary>
    public static ValueTask<AdminCaller> BindAsync(HttpContext context, ParameterInfo parameter) =>
        ValueTask.FromResult(context.Features.GetRequiredFeature<AdminCaller>());
}
