using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Gatehouse.Tests.Labels;

public sealed class OpenApiTests
{
    private static readonly Uri Document = new("/labels/openapi.json", UriKind.Relative);

    [Fact]
    public async Task The_document_is_OpenAPI_3_1_and_covers_every_route()
    {
        await using var server = await LabelsServer.StartAsync();
        var routes = server.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Select(route => route.RoutePattern.RawText!).Where(path => path != Document.OriginalString);

        var document = await server.Http.GetFromJsonAsync<JsonElement>(Document);

        Assert.StartsWith("3.1.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        Assert.Equal(routes.Order(), document.GetProperty("paths").EnumerateObject().Select(path => path.Name).Order());
        Assert.False(document.TryGetProperty("servers", out _));
    }

    [Theory]
    [InlineData("/labels/domestic", "post", "labels:create", "201 400 401 403 413 415 422")]
    [InlineData("/labels/domestic/{id}", "get", "labels:read", "200 401 403 404")]
    public async Task Every_operation_is_described_and_names_its_scope_and_answers(string path, string method, string scope, string answers)
    {
        await using var server = await LabelsServer.StartAsync();

        var document = await server.Http.GetFromJsonAsync<JsonElement>(Document);

        var operation = document.GetProperty("paths").GetProperty(path).GetProperty(method);
        Assert.NotEmpty(operation.GetProperty("summary").GetString()!);
        Assert.NotEmpty(operation.GetProperty("description").GetString()!);
        Assert.Equal(scope, operation.GetProperty("security")[0].GetProperty("oauth2")[0].GetString());
        Assert.Equal(answers.Split(' '), operation.GetProperty("responses").EnumerateObject().Select(answer => answer.Name).Order());
    }

    [Fact]
    public async Task The_token_endpoint_and_the_scopes_are_those_of_the_host()
    {
        await using var server = await LabelsServer.StartAsync(new() { TokenUrl = new("https://as.example/as/token.oauth2") });

        var document = await server.Http.GetFromJsonAsync<JsonElement>(Document);

        var flow = document.GetProperty("components").GetProperty("securitySchemes").GetProperty("oauth2")
            .GetProperty("flows").GetProperty("clientCredentials");
        Assert.Equal("https://as.example/as/token.oauth2", flow.GetProperty("tokenUrl").GetString());
        Assert.Equal(["labels:create", "labels:read"], flow.GetProperty("scopes").EnumerateObject().Select(scope => scope.Name).Order());
    }

    [Fact]
    public async Task The_example_of_an_order_buys_a_label_with_the_members_of_the_example()
    {
        await using var server = await LabelsServer.StartAsync();
        var schemas = (await server.Http.GetFromJsonAsync<JsonElement>(Document)).GetProperty("components").GetProperty("schemas");

        using var response = await server.PostAsync(schemas.GetProperty("LabelRequest").GetProperty("examples")[0].GetRawText());

        Assert.Equal(201, (int)response.StatusCode);
        var label = await response.Content.ReadFromJsonAsync<JsonElement>();
        var example = schemas.GetProperty("Label").GetProperty("examples")[0];
        Assert.Equal(Members(example), Members(label));
        Assert.True(JsonElement.DeepEquals(example.GetProperty("postage"), label.GetProperty("postage")));
    }

    [Fact]
    public async Task Limits_in_the_document_are_those_that_are_enforced()
    {
        await using var server = await LabelsServer.StartAsync();

        var schemas = (await server.Http.GetFromJsonAsync<JsonElement>(Document)).GetProperty("components").GetProperty("schemas");

        var address = schemas.GetProperty("Address").GetProperty("properties");
        Assert.Equal(40, address.GetProperty("name").GetProperty("maxLength").GetInt32());
        Assert.Equal("^[0-9]{5}(-[0-9]{4})?$", address.GetProperty("zip").GetProperty("pattern").GetString());
        var weight = schemas.GetProperty("Weight").GetProperty("properties").GetProperty("value");
        Assert.Equal(31_751, weight.GetProperty("maximum").GetInt32());
        var services = schemas.GetProperty("Service").GetProperty("enum").EnumerateArray().Select(value => value.GetString());
        Assert.Equal(["ground", "priority", "express"], services);
        Assert.False(schemas.GetProperty("LabelRequest").GetProperty("additionalProperties").GetBoolean());
    }

    private static IEnumerable<string> Members(JsonElement value) => value.EnumerateObject().Select(member => member.Name);
}
