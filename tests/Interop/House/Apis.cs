using System.Text.Json.Nodes;

namespace Gatehouse.Tests.Interop.House;

/// <summary>What stands behind the gateway.</summary>
internal static class Apis
{
    public const string Parcels = "parcels";
    public const string Mcp = "mcp";
    public const string Read = "parcels:read";
    public const string Write = "parcels:write";

    /// <summary>What an application may ask for beyond scopes (RFC 9396 §2).</summary>
    public const string Pickup = "parcel_pickup";

    private static readonly string[] Transport = ["GET", "POST", "DELETE"];

    public static Task PublishParcelsAsync(RunningHouse house, string upstream, IEnumerable<string> resourceServers)
    {
        var description = Describe("Parcels", house.Resource, upstream, [Read, Write], [("GET", "/parcels/{id}", Read), ("POST", "/parcels/{id}", Write)]);
        description["resource_servers"] = new JsonArray([.. resourceServers.Select(id => JsonValue.Create(id))]);
        description["authorization_details_types"] = new JsonArray(new JsonObject
        {
            ["type"] = Pickup, ["title"] = "Have a parcel picked up",
            ["schema"] = JsonNode.Parse("""{"type":"object","required":["type","street"],"properties":{"type":{},"street":{"type":"string"}}}"""),
        });
        return house.Admin.SendAsync(HttpMethod.Put, $"/apis/{Parcels}", description);
    }

    /// <summary>The one address of a streamable HTTP transport: requests by POST, the server's own messages by GET, the end of a session by DELETE.</summary>
    public static Task PublishMcpAsync(RunningHouse house, string upstream) => house.Admin.SendAsync(HttpMethod.Put, $"/apis/{Mcp}", Describe(
        "Tools", $"{house.Gateway}/mcp", upstream, ["mcp:tools"], [.. Transport.Select(method => (method, "/mcp", "mcp:tools"))]));

    private static JsonObject Describe(string name, string resource, string upstream, string[] scopes, (string Method, string Path, string Scope)[] calls) => new()
    {
        ["name"] = name, ["resource"] = resource, ["upstream"] = upstream,
        ["scopes"] = new JsonArray([.. scopes.Select(scope => new JsonObject { ["scope"] = scope })]),
        ["operations"] = new JsonArray(
            [.. calls.Select(call => new JsonObject { ["method"] = call.Method, ["path"] = call.Path, ["scope"] = call.Scope })]),
        ["plans"] = new JsonArray(new JsonObject { ["slug"] = "free", ["name"] = "Free" }),
    };
}
