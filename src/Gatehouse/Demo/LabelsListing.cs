using Gatehouse.Store.Model;

namespace Gatehouse.Demo;

/// <summary>How the Labels API is published.</summary>
internal static class LabelsListing
{
    public const string Slug = "labels";

    public static string ResourceAt(string apiUrl) => apiUrl + "/labels";

    public static Api Describe(Guid organizationId, string apiUrl, string upstream) => new()
    {
        OrganizationId = organizationId,
        Slug = Slug,
        Name = "Labels API",
        Description = "Buys domestic shipping labels.",
        Resource = ResourceAt(apiUrl),
        Upstream = upstream,
        Scopes =
        [
            new ApiScope { Token = "labels:create", Description = "Buy labels" },
            new ApiScope { Token = "labels:read", Description = "Read labels that the application bought" },
        ],
        Operations =
        [
            new ApiOperation { Method = "POST", PathTemplate = "/labels/domestic", Scope = "labels:create" },
            new ApiOperation { Method = "GET", PathTemplate = "/labels/domestic/{id}", Scope = "labels:read" },
            new ApiOperation { Method = "GET", PathTemplate = "/labels/openapi.json" },
        ],
        Plans =
        [
            new Plan { Slug = "standard", Name = "Standard", Description = "For trying out and everyday volumes." },
            new Plan { Slug = "partner", Name = "Partner", Description = "For partners with an agreement.", ApprovedByHand = true, TokenLifetimeSeconds = 3600 },
        ],
    };
}
