using System.Net;
using System.Text.Json.Nodes;
using Gatehouse.Founding;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Spec.Admin;

/// <summary>Tokens, organization, users and the node over the Admin API.</summary>
public sealed class OperationTests(AdminHouse house) : IClassFixture<AdminHouse>
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task One_token_is_revoked_by_its_id_or_as_a_whole_and_others_live_on(bool whole)
    {
        var (token, other) = (await NewTokenAsync(), await NewTokenAsync());
        var claims = TokenForge.Read(token.Split('.')[1]);
        var revoked = await house.PostAsync("/tokens/revoke", whole
            ? new JsonObject { ["token"] = token }
            : new JsonObject { ["jti"] = (string)claims["jti"]!, ["exp"] = (long)claims["exp"]! });
        Assert.Equal(HttpStatusCode.OK, revoked.Status);
        Assert.Equal((string)claims["jti"]!, (string)revoked.Body["jti"]!);
        Assert.Equal((long)claims["exp"]!, DateTimeOffset.Parse((string)revoked.Body["refused_until"]!, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds());

        await house.Node.SettleAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await house.Node.CallAsync("/things", token)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await house.Node.CallAsync("/things", other)).StatusCode);
        Assert.True((int)(await house.GetAsync("/node")).Body["revoked_tokens"]! > 0);
    }

    [Fact]
    public async Task Revoking_all_tokens_refuses_the_old_and_lets_new_ones_in()
    {
        var (clientId, created) = await house.RegisterAsync();
        var credentials = new Credentials(clientId, (string)created["client_secret"]!);
        await house.Node.SettleAsync();
        var old = await house.Node.ObtainTokenAsync(credentials);
        await house.PostAsync($"/applications/{clientId}/revoke-tokens");
        await house.Node.SettleAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, (await house.Node.CallAsync("/things", old)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await house.Node.CallAsync("/things", await house.Node.ObtainTokenAsync(credentials))).StatusCode);
    }

    [Theory]
    [InlineData("""{}""", "jti")]
    [InlineData("""{"jti":"a","token":"b"}""", "jti")]
    [InlineData("""{"jti":""}""", "jti")]
    [InlineData("""{"jti":"a","exp":1}""", "exp")]
    [InlineData("""{"jti":"a","exp":9223372036854775807}""", "exp")]
    [InlineData("""{"jti":"a","exp":"1"}""", "exp")]
    [InlineData("""{"token":"rubbish"}""", "token")]
    public async Task A_revocation_that_names_no_token_is_refused(string body, string field) =>
        (await house.PostTextAsync("/tokens/revoke", body)).AssertRefused(422, field);

    [Fact]
    public async Task Show_once_erases_every_copy_of_this_organization_and_none_of_another()
    {
        var (clientId, _) = await house.RegisterAsync();
        var on = await house.PatchAsync("/organization", new JsonObject { ["show_secrets_once"] = true });
        Assert.True((bool)on.Body["show_secrets_once"]!);
        var row = await house.Node.FindAsync(clientId);
        Assert.All(row.Secrets, secret => Assert.Null(secret.EncryptedCopy));
        Assert.All((await house.Node.FindAsync(house.NeighboursApplication.ClientId)).Secrets, secret => Assert.NotNull(secret.EncryptedCopy));

        var (later, _) = await house.RegisterAsync();
        Assert.All((await house.Node.FindAsync(later)).Secrets, secret => Assert.Null(secret.EncryptedCopy));

        await house.PatchAsync("/organization", new JsonObject { ["show_secrets_once"] = false });
        Assert.False((bool)(await house.GetAsync("/organization")).Body["show_secrets_once"]!);
        Assert.Equal(
            [$"client:{house.Operator.ClientId} organization.show_once_on", $"client:{house.Operator.ClientId} organization.show_once_off"],
            await house.AuditAsync(house.Node.Organization.Id.ToString()));
        (await house.PatchAsync("/organization", new JsonObject { ["show_secrets_once"] = "yes" })).AssertRefused(422, "show_secrets_once");
    }

    [Fact]
    public async Task A_user_is_created_with_a_first_password_that_the_list_does_not_show()
    {
        var created = await house.PostAsync("/users", new JsonObject { ["email"] = "ada@example.org", ["display_name"] = "Ada", ["role"] = "support" });
        Assert.Equal(HttpStatusCode.Created, created.Status);
        var password = (string)created.Body["initial_password"]!;
        Assert.True(password.Length >= UserOperations.MinPasswordLength);
        await using (var db = house.Node.Database.Open())
        {
            var user = await db.Users.SingleAsync(row => row.NormalizedEmail == "ADA@EXAMPLE.ORG");
            Assert.NotEqual(PasswordVerificationResult.Failed, new PasswordHasher<Store.Model.PortalUser>().VerifyHashedPassword(user, user.PasswordHash!, password));
        }
        var list = await house.GetAsync("/users");
        Assert.Equal("support", (string)list.List("users").Single(user => (string)user!["email"]! == "ada@example.org")!["role"]!);
        Assert.DoesNotContain("password", list.Body.ToJsonString(), StringComparison.Ordinal);
        (await house.PostAsync("/users", new JsonObject { ["email"] = "ADA@example.org", ["role"] = "developer" })).AssertRefused(409);
        (await house.PostAsync("/users", new JsonObject { ["email"] = "nobody", ["role"] = "developer" })).AssertRefused(422, "email");
        (await house.PostAsync("/users", new JsonObject { ["email"] = "a@b", ["role"] = "king" })).AssertRefused(422, "role");
    }

    [Fact]
    public async Task The_node_tells_how_long_changes_take_to_reach_it()
    {
        await house.RegisterAsync();
        await house.Node.SettleAsync();
        var node = await house.GetAsync("/node");
        Assert.True((long)node.Body["changes_applied"]! > 0);
        Assert.InRange((long)node.Body["last_change_delay_ms"]!, 0, (long)node.Body["max_change_delay_ms"]!);
        Assert.NotNull(node.Body["started_at"]);
    }

    private async Task<string> NewTokenAsync()
    {
        var (clientId, created) = await house.RegisterAsync();
        await house.Node.SettleAsync();
        return await house.Node.ObtainTokenAsync(new Credentials(clientId, (string)created["client_secret"]!));
    }
}
