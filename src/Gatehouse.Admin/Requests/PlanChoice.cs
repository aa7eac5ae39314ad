using Gatehouse.Admin.Access;
using Gatehouse.Admin.Answers;
using Gatehouse.Store.Model;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Admin.Requests;

/// <summary>Finds the plan that a caller means by <c>api</c> and <c>plan</c>.</summary>
internal static class PlanChoice
{
    /// <param name="tenant">The organization whose APIs are meant.</param>
    /// <param name="apiSlug">The API.</param>
    /// <param name="planSlug">The plan; null when it is obvious.</param>
    /// <param name="field">The member of the body that an error names.</param>
    /// <param name="cancellation">Ends the query.</param>
    public static async Task<(Api? Api, Plan? Plan, Refused? Fault)> FindPlanAsync(
        this Tenant tenant, string apiSlug, string? planSlug, string field, CancellationToken cancellation)
    {
        var api = await tenant.Apis.SingleOrDefaultAsync(row => row.Slug == apiSlug, cancellation);
        if (api is null) return (null, null, Refused.Invalid(field, $"There is no API with the slug {Printable(apiSlug)}."));
        var offered = string.Join(", ", api.Plans.Select(plan => plan.Slug).Order(StringComparer.Ordinal));
        if (planSlug is null)
        {
            return Obvious(api) is { } obvious ? (api, obvious, null) : (null, null, Refused.Invalid(field, $"Name a plan of {api.Slug}: {offered}."));
        }
        return api.Plans.SingleOrDefault(plan => plan.Slug == planSlug) is { } found
            ? (api, found, null)
            : (null, null, Refused.Invalid(field, $"{api.Slug} has no plan {Printable(planSlug)}. It has: {offered}."));
    }

    // The only plan; or, of several, the only one that needs nobody's approval.
    private static Plan? Obvious(Api api)
    {
        var candidates = api.Plans.Count == 1 ? api.Plans : [.. api.Plans.Where(plan => !plan.ApprovedByHand)];
        return candidates.Count == 1 ? candidates.Single() : null;
    }

    private static string Printable(string text) => string.Concat(text.Where(c => !char.IsControl(c)).Take(64));
}
