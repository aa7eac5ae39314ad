using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gatehouse.Protocol.Jose;
using Gatehouse.Store.Model;

namespace Gatehouse.Admin.Apis;

/// <summary>An API as it is published.</summary>
internal sealed record ApiRequest
{
    [JsonPropertyName("name"), Description("1 to 128 characters.")]
    public required string Name { get; init; }

    [JsonPropertyName("description")]
    public string? Description { get; init; }

    [JsonPropertyName("resource")]
    [Description("The resource identifier: the aud of its access tokens (RFC 8707 §2). No other API may have it.")]
    public required string Resource { get; init; }

    [JsonPropertyName("upstream"), Description("Where the gateway forwards calls to: an absolute http or https URL.")]
    public required string Upstream { get; init; }

    [JsonPropertyName("scopes"), Description("A scope names one API: none of these may belong to another.")]
    public IReadOnlyList<ScopeEntry>? Scopes { get; init; }

    [JsonPropertyName("authorization_details_types"), Description("What applications may ask for beyond scopes (RFC 9396 §2). Up to 20; no other API may have one of these types.")]
    public IReadOnlyList<DetailsTypeEntry>? AuthorizationDetailsTypes { get; init; }

    [JsonPropertyName("operations"), Description("The calls that the gateway lets through; anything else is 404.")]
    public IReadOnlyList<OperationEntry>? Operations { get; init; }

    [JsonPropertyName("resource_servers")]
    [Description("The client_id of each application that stands for this API and may introspect its tokens (RFC 7662). Up to 20.")]
    public IReadOnlyList<string>? ResourceServers { get; init; }

    [JsonPropertyName("access_token_format"), Description("jwt, or reference: a token that says nothing by itself (introspection and the gateway know it). Default: jwt.")]
    public string? AccessTokenFormat { get; init; }

    [JsonPropertyName("access_token_signing_alg")]
    [Description("How access tokens for it are signed: ES256, RS256, PS256, EdDSA, Ed25519, ML-DSA-44, ML-DSA-65 or ML-DSA-87. Default: ES256.")]
    public string? AccessTokenSigningAlg { get; init; }

    [JsonPropertyName("plans"), Description("At least one. A plan with contracts cannot be left out.")]
    public required IReadOnlyList<PlanEntry> Plans { get; init; }
}

internal sealed record ScopeEntry
{
    [JsonPropertyName("scope"), Description("1 to 128 printable characters without blanks (RFC 6749 §3.3).")]
    public required string Scope { get; init; }

    [JsonPropertyName("description"), Description("What it allows, for a person.")]
    public string? Description { get; init; }
}

internal sealed record DetailsTypeEntry
{
    [JsonPropertyName("type"), Description("1 to 128 printable ASCII characters without blanks, quotes and backslashes.")]
    public required string Type { get; init; }

    [JsonPropertyName("title"), Description("What it allows, for the person who is asked: 1 to 200 characters.")]
    public required string Title { get; init; }

    [JsonPropertyName("schema")]
    [Description("A JSON Schema (2020-12) of up to 8192 characters that each object must match, its type included. A $ref leads to its own $defs; nothing is fetched.")]
    public required JsonElement Schema { get; init; }
}

internal sealed record OperationEntry
{
    [JsonPropertyName("method"), Description("In capital letters.")]
    public required string Method { get; init; }

    [JsonPropertyName("path"), Description("A path template, such as /labels/domestic/{id}.")]
    public required string Path { get; init; }

    [JsonPropertyName("scope"), Description("The scope the call needs, one of the API's. Left out: a token for the API is enough.")]
    public string? Scope { get; init; }
}

internal sealed record PlanEntry
{
    [JsonPropertyName("slug"), Description("1 to 64 characters out of a-z, 0-9 and '-'.")]
    public required string Slug { get; init; }

    [JsonPropertyName("name"), Description("1 to 128 characters.")]
    public required string Name { get; init; }

    [JsonPropertyName("description")]
    public string? Description { get; init; }

    [JsonPropertyName("approved_by_hand"), Description("True: each contract waits for a decision. Default false: it is approved at once.")]
    public bool? ApprovedByHand { get; init; }

    [JsonPropertyName("token_lifetime_seconds"), JsonNumberHandling(JsonNumberHandling.Strict), Description("60 to 86399. Default 86399.")]
    public int? TokenLifetimeSeconds { get; init; }
}

internal sealed record ApiBody
{
    [JsonPropertyName("slug")]
    public required string Slug { get; init; }

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    [JsonPropertyName("description")]
    public required string Description { get; init; }

    [JsonPropertyName("resource")]
    public required string Resource { get; init; }

    [JsonPropertyName("upstream"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    [Description("Absent: Gatehouse answers this API itself.")]
    public string? Upstream { get; init; }

    [JsonPropertyName("scopes")]
    public required IReadOnlyList<ScopeEntry> Scopes { get; init; }

    [JsonPropertyName("authorization_details_types")]
    public required IReadOnlyList<DetailsTypeEntry> AuthorizationDetailsTypes { get; init; }

    [JsonPropertyName("operations")]
    public required IReadOnlyList<OperationEntry> Operations { get; init; }

    [JsonPropertyName("resource_servers")]
    public required IReadOnlyList<string> ResourceServers { get; init; }

    [JsonPropertyName("access_token_format")]
    public required string AccessTokenFormat { get; init; }

    [JsonPropertyName("access_token_signing_alg")]
    public required string AccessTokenSigningAlg { get; init; }

    [JsonPropertyName("plans")]
    public required IReadOnlyList<PlanEntry> Plans { get; init; }

    [JsonPropertyName("created_at")]
    public required DateTimeOffset CreatedAt { get; init; }
}

internal sealed record ApiPage
{
    [JsonPropertyName("apis")]
    public required IReadOnlyList<ApiBody> Apis { get; init; }

    [JsonPropertyName("next_cursor"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), Description("Absent on the last page.")]
    public string? NextCursor { get; init; }
}

/// <summary>Between the wire and the store's model.</summary>
internal static class ApiMapping
{
    public static Api ToModel(this ApiRequest request, string slug, Guid organizationId) => new()
    {
        OrganizationId = organizationId, Slug = slug, Name = request.Name.Trim(), Description = request.Description ?? string.Empty,
        Resource = request.Resource, Upstream = request.Upstream,
        AccessTokenFormat = request.AccessTokenFormat ?? AccessTokenFormats.Jwt,
        AccessTokenSigningAlg = request.AccessTokenSigningAlg ?? SigningAlgorithms.Default,
        ResourceServers = [.. (request.ResourceServers ?? []).Distinct(StringComparer.Ordinal)],
        Scopes = [.. (request.Scopes ?? []).Select(scope => new ApiScope { Token = scope.Scope, Description = scope.Description ?? string.Empty })],
        DetailsTypes = [.. (request.AuthorizationDetailsTypes ?? [])
            .Select(entry => new ApiDetailsType { Type = entry.Type, Title = entry.Title, Schema = entry.Schema.GetRawText() })],
        Operations = [.. (request.Operations ?? [])
            .Select(call => new ApiOperation { Method = call.Method, PathTemplate = call.Path, Scope = call.Scope ?? string.Empty })],
        Plans = [.. request.Plans.Select(ToModel)],
    };

    public static ApiBody ToBody(this Api row) => new()
    {
        Slug = row.Slug, Name = row.Name, Description = row.Description, Resource = row.Resource, Upstream = row.Upstream,
        CreatedAt = row.CreatedAt, ResourceServers = [.. row.ResourceServers], AccessTokenFormat = row.AccessTokenFormat, AccessTokenSigningAlg = row.AccessTokenSigningAlg,
        Scopes = [.. row.Scopes.OrderBy(scope => scope.Token, StringComparer.Ordinal)
            .Select(scope => new ScopeEntry { Scope = scope.Token, Description = scope.Description })],
        AuthorizationDetailsTypes = [.. row.DetailsTypes.OrderBy(type => type.Type, StringComparer.Ordinal)
            .Select(type => new DetailsTypeEntry { Type = type.Type, Title = type.Title, Schema = JsonElement.Parse(type.Schema) })],
        Operations = [.. row.Operations.OrderBy(call => call.PathTemplate, StringComparer.Ordinal).ThenBy(call => call.Method, StringComparer.Ordinal)
            .Select(call => new OperationEntry { Method = call.Method, Path = call.PathTemplate, Scope = call.Scope.Length == 0 ? null : call.Scope })],
        Plans = [.. row.Plans.OrderBy(plan => plan.Slug, StringComparer.Ordinal).Select(ToEntry)],
    };

    private static Plan ToModel(PlanEntry plan) => new()
    {
        Slug = plan.Slug, Name = plan.Name, Description = plan.Description ?? string.Empty, ApprovedByHand = plan.ApprovedByHand ?? false,
        TokenLifetimeSeconds = plan.TokenLifetimeSeconds ?? Plan.DefaultTokenLifetimeSeconds,
    };

    private static PlanEntry ToEntry(Plan plan) => new()
    {
        Slug = plan.Slug, Name = plan.Name, Description = plan.Description, ApprovedByHand = plan.ApprovedByHand,
        TokenLifetimeSeconds = plan.TokenLifetimeSeconds,
    };
}
