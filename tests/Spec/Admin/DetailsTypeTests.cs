using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Tests.Spec.Hosting;

namespace Gatehouse.Tests.Spec.Admin;

/// <summary>Types of authorization details (RFC 9396 §2.1): registered with an API, and allowed to applications.</summary>
public sealed class DetailsTypeTests(AdminHouse house) : IClassFixture<AdminHouse>
{
    [Fact, Rfc(9396, "2.1"), Rfc(9396, "10")]
    public async Task Types_are_registered_read_replaced_and_taken_away_with_the_API()
    {
        var published = await house.PutAsync("/apis/banking", Api("banking", Type("banking_payment", """{"type":"object","required":["amount"]}""")));
        Assert.Equal(HttpStatusCode.Created, published.Status);
        var read = (await house.GetAsync("/apis/banking")).List("authorization_details_types").Single()!;
        Assert.Equal("""{"type":"banking_payment","title":"Pay","schema":{"type":"object","required":["amount"]}}""", read.ToJsonString());

        var replaced = await house.PutAsync("/apis/banking", Api("banking", Type("banking_other", "{}"), Type("banking_payment", "{}")));
        Assert.Equal(["banking_other", "banking_payment"], replaced.List("authorization_details_types").Select(type => (string)type!["type"]!));
        Assert.Empty((await house.PutAsync("/apis/banking", Api("banking"))).List("authorization_details_types"));
    }

    [Fact]
    public async Task A_type_of_another_API_is_taken()
    {
        Assert.Equal(HttpStatusCode.Created, (await house.PutAsync("/apis/first", Api("first", Type("taken", "{}")))).Status);
        (await house.PutAsync("/apis/second", Api("second", Type("taken", "{}")))).AssertRefused(409);
    }

    [Theory]
    [InlineData("""[]""")]
    [InlineData("""true""")]
    [InlineData("""{"requird":["a"]}""")]
    [InlineData("""{"properties":{"a":{"typ":"string"}}}""")]
    [InlineData("""{"type":"strnig"}""")]
    [InlineData("""{"required":"a"}""")]
    [InlineData("""{"$ref":"https://example.com/schema"}""")]
    [InlineData("""{"$ref":"other.json#/$defs/a"}""")]
    [InlineData("""{"$id":"https://example.com/schema"}""")]
    [InlineData("""{"$dynamicRef":"#a"}""")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#"}""")]
    [InlineData("""{"$ref":"#/$defs/none"}""")]
    [InlineData("""{"$ref":"#"}""")]
    [InlineData("""{"allOf":[{"$ref":"#/$defs/a"}],"$defs":{"a":{"anyOf":[{"$ref":"#/$defs/b"}]},"b":{"not":{"$ref":"#/$defs/a"}}}}""")]
    [InlineData("""{"properties":{"a":{"pattern":"("}}}""")]
    [InlineData("""{"properties":{"a":{"pattern":"(a)\\1"}}}""")]
    [InlineData("""{"properties":{"a":{"pattern":"(?=a)"}}}""")]
    [InlineData("""{"patternProperties":{"^(a+)+$":{}}}""")]
    [InlineData("""{"format":"regex"}""")]
    [InlineData("""{"minimum":1e999999999}""")]
    [InlineData("""{"allOf":{}}""")]
    [InlineData("""{"properties":[]}""")]
    [InlineData("""{"properties":{"a":1}}""")]
    [InlineData("""{"minLength":-1}""")]
    [InlineData("""{"enum":5}""")]
    public async Task A_schema_that_cannot_be_used_is_refused(string schema)
    {
        var refused = await house.PutAsync("/apis/bad", Api("bad", Type("bad_type", schema)));
        refused.AssertRefused(422, "authorization_details_types");
        Assert.Contains("The schema of bad_type: ", refused.Body.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_that_doubles_at_each_step_is_refused()
    {
        var definitions = new JsonObject();
        for (var step = 0; step < 20; step++)
            definitions[$"a{step}"] = JsonNode.Parse($$"""{"allOf":[{"$ref":"#/$defs/a{{step + 1}}"},{"$ref":"#/$defs/a{{step + 1}}"}]}""");
        definitions["a20"] = new JsonObject();
        var schema = new JsonObject { ["$ref"] = "#/$defs/a0", ["$defs"] = definitions };
        (await house.PutAsync("/apis/bad", Api("bad", Type("bad_type", schema.ToJsonString())))).AssertRefused(422, "authorization_details_types");
    }

    [Theory]
    [InlineData("", "Pay")]
    [InlineData("with blank", "Pay")]
    [InlineData("quote\"", "Pay")]
    [InlineData("no_title", " ")]
    [InlineData("two_lines", "Pay\nnow")]
    public async Task A_type_needs_a_name_and_words(string type, string title)
    {
        var entry = Type(type, "{}");
        entry["title"] = title;
        (await house.PutAsync("/apis/bad", Api("bad", entry))).AssertRefused(422, "authorization_details_types");
    }

    [Fact]
    public async Task A_type_stands_once_and_there_are_not_too_many()
    {
        (await house.PutAsync("/apis/bad", Api("bad", Type("twice", "{}"), Type("twice", "{}")))).AssertRefused(422, "authorization_details_types");
        (await house.PutAsync("/apis/bad", Api("bad", [.. Enumerable.Range(0, 21).Select(i => Type($"type{i}", "{}"))]))).AssertRefused(422, "authorization_details_types");
        (await house.PutAsync("/apis/bad", Api("bad", Type("long", $$"""{"description":"{{new string('a', 8200)}}"}""")))).AssertRefused(422, "authorization_details_types");
    }

    [Fact, Rfc(9396, "10"), Rfc(7591, "2")]
    public async Task An_application_may_use_no_type_unless_it_is_said()
    {
        var (clientId, body) = await house.RegisterAsync("Payer");
        Assert.Empty(body["authorization_details_types"]!.AsArray());

        var changed = await house.PutAsync($"/applications/{clientId}", new JsonObject { ["client_name"] = "Payer", ["authorization_details_types"] = new JsonArray("banking_payment") });
        Assert.Equal("""["banking_payment"]""", changed.Body["authorization_details_types"]!.ToJsonString());
        (await house.PutAsync($"/applications/{clientId}", new JsonObject { ["client_name"] = "Payer", ["authorization_details_types"] = new JsonArray("") }))
            .AssertRefused(422, "authorization_details_types");
    }

    private static JsonObject Type(string type, string schema) => new() { ["type"] = type, ["title"] = "Pay", ["schema"] = JsonNode.Parse(schema) };

    private JsonObject Api(string slug, params JsonObject[] types) => new()
    {
        ["name"] = slug, ["resource"] = $"{TestNode.ApiUrl}/{slug}", ["upstream"] = house.Node.Upstream.Url,
        ["plans"] = new JsonArray(new JsonObject { ["slug"] = "standard", ["name"] = "Standard" }),
        ["authorization_details_types"] = new JsonArray([.. types]),
    };
}
