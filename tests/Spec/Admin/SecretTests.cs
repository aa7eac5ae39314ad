using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Founding;

namespace Gatehouse.Tests.Spec.Admin;

/// <summary>Client secrets over the Admin API.</summary>
public sealed class SecretTests(AdminHouse house) : IClassFixture<AdminHouse>
{
    [Fact]
    public async Task A_secret_is_rotated_by_adding_its_successor_and_retiring_it()
    {
        var (clientId, created) = await house.RegisterAsync();
        var expires = house.Node.Clock.GetUtcNow().AddDays(30);
        var added = await house.PostAsync($"/applications/{clientId}/secrets", new JsonObject { ["label"] = "next", ["expires_at"] = expires });
        Assert.Equal(HttpStatusCode.Created, added.Status);
        Assert.Equal($"/admin/v1/applications/{clientId}/secrets/{added.Body["id"]}", added.Location);
        Assert.True(added.NoStore);
        await house.Node.SettleAsync();
        Assert.NotEmpty(await house.Node.ObtainTokenAsync(new Credentials(clientId, (string)added.Body["client_secret"]!)));

        (await house.PostAsync($"/applications/{clientId}/secrets", [])).AssertRefused(409);

        Assert.Equal(HttpStatusCode.NoContent, (await house.DeleteAsync($"/applications/{clientId}/secrets/{created["secret_id"]}")).Status);
        var list = await house.GetAsync($"/applications/{clientId}/secrets");
        Assert.Equal(["retired", "valid"], list.List("secrets").Select(secret => (string)secret!["state"]!).Order());
        Assert.DoesNotContain("ghs_", list.Body.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Created, (await house.PostAsync($"/applications/{clientId}/secrets", [])).Status);
    }

    [Theory]
    [InlineData("""{"label":"0123456789012345678901234567890123456789012345678901234567890123456789"}""", "label")]
    [InlineData("""{"expires_at":"2001-01-01T00:00:00Z"}""", "expires_at")]
    [InlineData("""{"expires_at":"tomorrow"}""", "expires_at")]
    [InlineData("""{"expires_at":1893456000}""", "expires_at")]
    public async Task A_secret_that_breaks_a_rule_is_refused_by_its_name(string body, string field)
    {
        var (clientId, _) = await house.RegisterAsync();
        (await house.PostTextAsync($"/applications/{clientId}/secrets", body)).AssertRefused(422, field);
    }

    [Fact]
    public async Task A_secret_that_is_not_there_is_not_found()
    {
        var (clientId, _) = await house.RegisterAsync();
        (await house.DeleteAsync($"/applications/{clientId}/secrets/{Guid.NewGuid()}")).AssertRefused(404);
        (await house.DeleteAsync($"/applications/{clientId}/secrets/first")).AssertRefused(404);
    }
}
