using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Tests.Spec.Registration;

namespace Gatehouse.Tests.Spec.Admin;

/// <summary>What API Support decides about applications that register themselves.</summary>
public sealed class RegistrationTests(AdminHouse house) : IClassFixture<AdminHouse>
{
    [Fact]
    public async Task An_initial_access_token_is_shown_once_works_and_can_be_withdrawn()
    {
        var made = await house.PostAsync("/initial-access-tokens", Draft());
        Assert.Equal((HttpStatusCode.Created, true), (made.Status, made.NoStore));
        var token = (string)made.Body["initial_access_token"]!;
        Assert.Equal(("things:read things:write", 2), ((string)made.Body["scope"]!, (int)made.Body["uses_left"]!));

        Assert.Equal(201, (await house.Node.RegisterAsync(RegistrationHouse.Metadata(), token)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await house.DeleteAsync($"/initial-access-tokens/{made.Body["id"]}")).Status);
        (await house.Node.RegisterAsync(RegistrationHouse.Metadata(), token)).IsRefused(401, "invalid_token");
        (await house.DeleteAsync($"/initial-access-tokens/{made.Body["id"]}")).AssertRefused(404);
    }

    [Theory]
    [InlineData("apis", "[]", "apis")]
    [InlineData("apis", """[{"api":"parcels"}]""", "apis")]
    [InlineData("scope", "\"parcels:read\"", "scope")]
    [InlineData("max_uses", "0", "max_uses")]
    [InlineData("expires_at", "\"2020-01-01T00:00:00Z\"", "expires_at")]
    public async Task What_it_cannot_allow_is_refused(string member, string json, string field)
    {
        var draft = Draft();
        draft[member] = JsonNode.Parse(json);
        (await house.PostAsync("/initial-access-tokens", draft)).AssertRefused(422, field);
    }

    [Fact]
    public async Task Who_waits_is_seen_and_approved()
    {
        var registered = await house.Node.RegisterAsync(RegistrationHouse.Metadata());
        var path = $"/applications/{registered["client_id"]}";
        var waiting = (await house.GetAsync(path)).Body;
        Assert.Equal(("pending", "pending"), ((string)waiting["state"]!, (string)waiting["registration"]!["kind"]!));
        Assert.Equal("pending", (string)(await house.PostAsync(path + "/reactivate")).Body["state"]!);

        var approved = await house.PostAsync(path + "/approve");

        Assert.Equal((HttpStatusCode.OK, "active"), (approved.Status, (string)approved.Body["state"]!));
        Assert.NotNull(approved.Body["registration"]!["approved_at"]);
        var (byPerson, _) = await house.RegisterAsync();
        (await house.PostAsync($"/applications/{byPerson}/approve")).AssertRefused(409);
    }

    private JsonObject Draft() => new()
    {
        ["label"] = "Partners", ["apis"] = new JsonArray(new JsonObject { ["api"] = "things", ["plan"] = "standard" }), ["max_uses"] = 2,
        ["expires_at"] = house.Node.Clock.GetUtcNow().AddDays(1).ToString("O"),
    };
}
