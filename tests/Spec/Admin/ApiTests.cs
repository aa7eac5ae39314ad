using System.Net;
using System.Text.Json.Nodes;

namespace Gatehouse.Tests.Spec.Admin;

/// <summary>APIs published over the Admin API.</summary>
public sealed class ApiTests(AdminHouse house) : IClassFixture<AdminHouse>
{
    [Fact]
    public async Task An_API_is_published_replaced_and_withdrawn()
    {
        var published = await house.PutAsync("/apis/rates", Rates("rates"));
        Assert.Equal(HttpStatusCode.Created, published.Status);
        Assert.Equal("/admin/v1/apis/rates", published.Location);
        Assert.Equal("rates:read", (string)published.List("operations")[0]!["scope"]!);
        Assert.Equal(86399, (int)published.List("plans")[0]!["token_lifetime_seconds"]!);

        var change = Rates("rates");
        change["name"] = "Rates, newer";
        change["plans"]![0]!["token_lifetime_seconds"] = 600;
        var replaced = await house.PutAsync("/apis/rates", change);
        Assert.Equal(HttpStatusCode.OK, replaced.Status);
        Assert.Equal("Rates, newer", (string)replaced.Body["name"]!);
        Assert.Contains("rates", (await house.GetAsync("/apis")).List("apis").Select(api => (string)api!["slug"]!));

        Assert.Equal(HttpStatusCode.NoContent, (await house.DeleteAsync("/apis/rates")).Status);
        (await house.GetAsync("/apis/rates")).AssertRefused(404);
    }

    [Fact]
    public async Task A_plan_with_contracts_cannot_be_left_out()
    {
        await house.PutAsync("/apis/kept", Rates("kept"));
        await house.PostAsync("/applications", new JsonObject { ["client_name"] = "a", ["apis"] = new JsonArray(new JsonObject { ["api"] = "kept" }) });
        var change = Rates("kept");
        change["plans"]![0]!["slug"] = "other";
        (await house.PutAsync("/apis/kept", change)).AssertRefused(409);
    }

    [Fact]
    public async Task A_scope_or_resource_of_another_API_is_taken_even_when_another_organization_has_it()
    {
        (await house.PutAsync("/apis/grab", Rates("parcels"))).AssertRefused(409);
        var sameResource = Rates("grab");
        sameResource["resource"] = house.NeighboursApi.Resource;
        (await house.PutAsync("/apis/grab", sameResource)).AssertRefused(409);
    }

    [Fact]
    public async Task The_Admin_API_itself_is_neither_replaced_nor_withdrawn()
    {
        (await house.PutAsync("/apis/gatehouse-admin", Rates("own"))).AssertRefused(409);
        (await house.DeleteAsync("/apis/gatehouse-admin")).AssertRefused(409);
    }

    [Theory]
    [InlineData("upstream", "\"ftp://example.test\"", "upstream")]
    [InlineData("upstream", "null", "upstream")]
    [InlineData("resource", "\"no uri\"", "resource")]
    [InlineData("plans", "[]", "plans")]
    [InlineData("plans", "[{\"slug\":\"a\",\"name\":\"A\",\"token_lifetime_seconds\":59}]", "plans")]
    [InlineData("plans", "[{\"slug\":\"a\",\"name\":\"A\",\"token_lifetime_seconds\":\"60\"}]", "plans[0].token_lifetime_seconds")]
    [InlineData("operations", "[{\"method\":\"get\",\"path\":\"/x\"}]", "operations")]
    [InlineData("operations", "[{\"method\":\"GET\",\"path\":\"/x\",\"scope\":\"unknown\"}]", "operations")]
    [InlineData("operations", "[{\"method\":\"GET\",\"path\":\"/x\"},{\"method\":\"GET\",\"path\":\"/x\"}]", "operations")]
    [InlineData("scopes", "[{\"scope\":\"two words\"}]", "scopes")]
    public async Task An_API_that_breaks_a_rule_is_refused_by_its_name(string member, string value, string field)
    {
        var api = Rates("broken");
        api[member] = JsonNode.Parse(value);
        (await house.PutAsync("/apis/broken", api)).AssertRefused(422, field);
    }

    [Fact]
    public async Task A_slug_is_lower_case() => (await house.PutAsync("/apis/Rates", Rates("slug"))).AssertRefused(422, "slug");

    private static JsonObject Rates(string scope) => JsonNode.Parse($$"""
        {
          "name": "Rates", "resource": "https://api.example.test/own/{{scope}}", "upstream": "http://127.0.0.1:9/",
          "scopes": [{ "scope": "{{scope}}:read", "description": "Read" }],
          "operations": [{ "method": "GET", "path": "/{{scope}}", "scope": "{{scope}}:read" }],
          "plans": [{ "slug": "standard", "name": "Standard" }]
        }
        """)!.AsObject();
}
