using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Admin;

/// <summary>The OpenAPI document of the Admin API.</summary>
public sealed class DescriptionTests(AdminHouse house) : IClassFixture<AdminHouse>
{
    [Fact]
    public async Task Everybody_may_read_it_and_every_call_in_it_is_complete()
    {
        var document = (await house.Node.Auth.GetFromJsonAsync<JsonObject>("/admin/v1/openapi.json"))!;
        Assert.StartsWith("3.1", (string)document["openapi"]!, StringComparison.Ordinal);
        Assert.Equal(27, Operations(document).Count());
        foreach (var (path, operation) in Operations(document))
        {
            Assert.StartsWith("/admin/v1/", path, StringComparison.Ordinal);
            Assert.NotEmpty((string)operation["summary"]!);
            Assert.NotEmpty((string)operation["description"]!);
            var responses = operation["responses"]!.AsObject();
            foreach (var status in new[] { "401", "403", "503" }) Assert.NotNull(responses[status]!["content"]!["application/problem+json"]!["schema"]);
            foreach (var (status, answer) in responses.Where(answer => answer.Key is "200" or "201")) Assert.NotNull(answer!["content"]!["application/json"]!["schema"]);
            if (responses.ContainsKey("415")) Assert.NotNull(operation["requestBody"]!["content"]!["application/json"]!["schema"]);
            Assert.Equal("gatehouse.admin", (string)operation["security"]![0]!["oauth2"]![0]!);
        }
        Assert.Equal(
            TestNode.Issuer + "/as/token.oauth2",
            (string)document["components"]!["securitySchemes"]!["oauth2"]!["flows"]!["clientCredentials"]!["tokenUrl"]!);
    }

    private static IEnumerable<(string Path, JsonNode Operation)> Operations(JsonObject document) =>
        document["paths"]!.AsObject().SelectMany(path => path.Value!.AsObject().Select(operation => (path.Key, operation.Value!)));
}
