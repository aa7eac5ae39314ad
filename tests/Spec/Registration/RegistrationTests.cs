using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Gatehouse.AuthServer.ClientMetadata;
using Gatehouse.Store.Model;
using Gatehouse.Store.Operations;
using Gatehouse.Tests.Spec.Hosting;
using Gatehouse.Tests.Spec.Token;
using Microsoft.EntityFrameworkCore;

namespace Gatehouse.Tests.Spec.Registration;

/// <summary>Applications that register themselves (RFC 7591).</summary>
public sealed class RegistrationTests
{
    [Fact, Rfc(7591, "3"), Rfc(8414, "2")]
    public async Task It_is_off_and_not_advertised_until_somebody_switches_it_on()
    {
        await using var off = await StartAsync(new RegistrationRules());
        using (var absent = await off.Auth.PostAsJsonAsync(RegistrationHouse.Endpoint, RegistrationHouse.Metadata())) Assert.Equal(HttpStatusCode.NotFound, absent.StatusCode);
        Assert.Null((await MetadataAsync(off))["registration_endpoint"]);

        await using var on = await StartAsync(RegistrationHouse.Rules(RegistrationMode.Open));
        Assert.Equal(TestNode.Issuer + RegistrationHouse.Endpoint, (string?)(await MetadataAsync(on))["registration_endpoint"]);
    }

    [Fact, Rfc(7591, "3.2.1"), Rfc(7591, "2"), Requirement("7591-03", "7591-04", "7591-05")]
    public async Task Everything_that_is_registered_is_told_back_and_the_unknown_is_ignored()
    {
        await using var node = await StartAsync(RegistrationHouse.Rules(RegistrationMode.Open));
        var metadata = RegistrationHouse.Metadata("client_secret_post");
        foreach (var name in (string[])["client_uri", "logo_uri", "tos_uri", "policy_uri"]) metadata[name] = "https://app.example.test/" + name;
        (metadata["software_id"], metadata["software_version"], metadata["contacts"], metadata["x_unknown"]) = ("it", "1.0", new JsonArray("a@example.test"), 7);

        var answer = await node.RegisterAsync(metadata);

        Assert.Equal(201, answer.Status);
        Assert.True(answer.Headers.CacheControl?.NoStore);
        foreach (var (name, value) in metadata)
        {
            if (name == "x_unknown") Assert.Null(answer.Body[name]);
            else Assert.True(JsonNode.DeepEquals(value, answer.Body[name]), name);
        }
        Assert.Equal(0, (long)answer.Body["client_secret_expires_at"]!);
        Assert.Equal(node.Clock.GetUtcNow().ToUnixTimeSeconds(), (long)answer.Body["client_id_issued_at"]!);
        foreach (var secret in (string[])["client_secret", "registration_access_token"])
            Assert.DoesNotContain(answer[secret], await DumpAsync(node), StringComparison.Ordinal);
    }

    [Theory, Rfc(7591, "3.2.2"), Requirement("6749-19", "7591-06", "7591-09", "8252-02", "9700-17", "9700-29")]
    [InlineData("redirect_uris", """["http://app.example.test/"]""", "invalid_redirect_uri")]
    [InlineData("redirect_uris", """["https://app.example.test/#f"]""", "invalid_redirect_uri")]
    [InlineData("redirect_uris", "[]", "invalid_redirect_uri")]
    [InlineData("redirect_uris", "7", "invalid_redirect_uri")]
    [InlineData("redirect_uris", """["/cb"]""", "invalid_redirect_uri")]
    [InlineData("redirect_uris", """["//a/cb"]""", "invalid_redirect_uri")]
    [InlineData("redirect_uris", """["myapp:/cb"]""", "invalid_redirect_uri")]
    [InlineData("redirect_uris", """["https://*.app.example.test/cb"]""", "invalid_redirect_uri")]
    [InlineData("redirect_uris", """["https://app.example.test/*"]""", "invalid_redirect_uri")]
    [InlineData("grant_types", """["implicit"]""", "invalid_client_metadata")]
    [InlineData("grant_types", """["client_credentials"]""", "invalid_client_metadata")]
    [InlineData("response_types", """["token"]""", "invalid_client_metadata")]
    [InlineData("token_endpoint_auth_method", "\"client_secret_jwt\"", "invalid_client_metadata")]
    [InlineData("token_endpoint_auth_method", "\"private_key_jwt\"", "invalid_client_metadata")]
    [InlineData("client_name", "\"a\\u202eb\"", "invalid_client_metadata")]
    [InlineData("client_name", "\"a\\u3164b\"", "invalid_client_metadata")]
    [InlineData("client_name", "\"a\\u115fb\"", "invalid_client_metadata")]
    [InlineData("client_name", "\"a\\u1160b\"", "invalid_client_metadata")]
    [InlineData("client_name", "\"a\\u2800b\"", "invalid_client_metadata")]
    [InlineData("client_name", "\"a\\ufe0fb\"", "invalid_client_metadata")]
    [InlineData("client_name", "\"a\\u2028b\"", "invalid_client_metadata")]
    [InlineData("client_name", "\"a\\u2029b\"", "invalid_client_metadata")]
    [InlineData("client_name", "\"a\\udb40\\udc41b\"", "invalid_client_metadata")]
    [InlineData("client_name", "\"\\ud800\"", "invalid_client_metadata")]
    [InlineData("client_uri", "\"javascript:alert(1)\"", "invalid_client_metadata")]
    [InlineData("scope", "\"admin\"", "invalid_client_metadata")]
    [InlineData("dpop_bound_access_tokens", "\"true\"", "invalid_client_metadata")]
    [InlineData("id_token_signed_response_alg", "\"none\"", "invalid_client_metadata")]
    [InlineData("software_statement", "\"a.b.c\"", "unapproved_software_statement")]
    [InlineData("software_statement", "\"a\"", "invalid_software_statement")]
    public async Task What_is_wrong_has_its_error(string name, string json, string error)
    {
        await using var node = await StartAsync(RegistrationHouse.Rules(RegistrationMode.Open));
        var metadata = RegistrationHouse.Metadata();
        metadata.Remove(name);
        var text = metadata.ToJsonString()[..^1] + $",\"{name}\":{json}}}";

        (await node.SendAsync(HttpMethod.Post, RegistrationHouse.Endpoint, text, token: null)).IsRefused(400, error);
    }

    [Fact, Rfc(7591, "3"), Requirement("7591-02", "7591-14")]
    public async Task An_initial_access_token_is_good_as_often_as_it_says()
    {
        await using var node = await StartAsync(RegistrationHouse.Rules(RegistrationMode.InitialAccessToken));
        var token = await node.InitialTokenAsync();
        var metadata = RegistrationHouse.Metadata("client_secret_post");
        metadata["grant_types"] = new JsonArray("client_credentials");
        metadata["response_types"] = new JsonArray();

        (await node.RegisterAsync(metadata)).IsRefused(401, "invalid_token");
        (await node.RegisterAsync(metadata, "wrong")).IsRefused(401, "invalid_token");
        var registered = await node.RegisterAsync(metadata, token);
        (await node.RegisterAsync(metadata, token)).IsRefused(401, "invalid_token");

        var access = await node.ObtainTokenAsync(new Founding.Credentials(registered["client_id"], registered["client_secret"]));
        using (var call = await node.CallAsync("/things", access)) Assert.Equal(HttpStatusCode.OK, call.StatusCode);
        using var beyond = await node.CallAsync("/things", access, HttpMethod.Post);
        Assert.Equal(HttpStatusCode.Forbidden, beyond.StatusCode); // It registered things:read alone.
        Assert.DoesNotContain(token, await DumpAsync(node), StringComparison.Ordinal);
    }

    [Fact, Rfc(7591, "2")]
    public async Task An_empty_list_of_response_types_leaves_them_to_the_server()
    {
        await using var node = await StartAsync(RegistrationHouse.Rules(RegistrationMode.Open));
        var metadata = RegistrationHouse.Metadata();
        metadata["response_types"] = new JsonArray();

        var registered = await node.RegisterAsync(metadata);

        Assert.Equal((201, """["code"]"""), (registered.Status, registered.Body["response_types"]!.ToJsonString()));
    }

    [Fact]
    public async Task Who_has_no_token_waits_for_a_person()
    {
        await using var node = await StartAsync(RegistrationHouse.Rules(RegistrationMode.Pending));
        var metadata = RegistrationHouse.Metadata("client_secret_post");
        metadata["grant_types"] = new JsonArray("client_credentials");
        metadata["response_types"] = new JsonArray();
        var registered = await node.RegisterAsync(metadata);
        var form = $"grant_type=client_credentials&client_id={registered["client_id"]}&client_secret={registered["client_secret"]}";

        (await node.Auth.PostTokenAsync(form)).IsRefused(401, "invalid_client");
        var approved = await node.Get<RegistrationOperations>().ApproveAsync((await node.FindAsync(registered["client_id"])).Id, Actor.System);
        Assert.True(approved.Succeeded);
        await node.SettleAsync();

        Assert.Equal(200, (await node.Auth.PostTokenAsync(form)).Status);
    }

    [Fact, Requirement("7591-13")]
    public async Task Neither_one_source_nor_all_together_fill_the_store()
    {
        await using var slow = await StartAsync(RegistrationHouse.Rules(RegistrationMode.Open) with { PerHour = 1 });
        Assert.Equal(201, (await slow.RegisterAsync(RegistrationHouse.Metadata())).Status);
        var wait = await slow.RegisterAsync(RegistrationHouse.Metadata());
        wait.IsRefused(429, "temporarily_unavailable");
        Assert.NotNull(wait.Headers.RetryAfter);

        await using var full = await StartAsync(RegistrationHouse.Rules(RegistrationMode.Open) with { MaxApplications = 1 });
        Assert.Equal(201, (await full.RegisterAsync(RegistrationHouse.Metadata())).Status);
        (await full.RegisterAsync(RegistrationHouse.Metadata())).IsRefused(429, "temporarily_unavailable");
    }

    [Fact, Requirement("7591-12", "9700-26")]
    public async Task Its_name_is_chosen_here()
    {
        await using var node = await StartAsync(RegistrationHouse.Rules(RegistrationMode.Open));
        var metadata = RegistrationHouse.Metadata();
        (metadata["client_id"], metadata["sub"]) = ("chosen", "somebody");
        var names = new HashSet<string>();
        for (var i = 0; i < 20; i++) names.Add((await node.RegisterAsync(metadata))["client_id"]);
        Assert.Equal(20, names.Count);
        Assert.All(names, name => Assert.Matches("^[0-9a-f]{32}$", name)); // 128 bits.
    }

    [Fact, Rfc(8252, "7.1"), Requirement("8252-02")]
    public async Task A_native_application_may_have_a_scheme_of_its_own_domain()
    {
        await using var node = await StartAsync(RegistrationHouse.Rules(RegistrationMode.Open));
        var metadata = RegistrationHouse.Metadata();
        metadata["redirect_uris"] = new JsonArray("com.example.app:/cb");
        Assert.Equal(201, (await node.RegisterAsync(metadata)).Status);
    }

    [Fact, Rfc(7591, "3"), Requirement("7591-01")]
    public async Task It_is_JSON_by_POST()
    {
        await using var node = await StartAsync(RegistrationHouse.Rules(RegistrationMode.Open));
        using var form = new StringContent("client_name=a", System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        using var posted = await node.Auth.PostAsync(RegistrationHouse.Endpoint, form);
        using var got = await node.Auth.GetAsync(RegistrationHouse.Endpoint);
        Assert.Equal((HttpStatusCode.BadRequest, HttpStatusCode.MethodNotAllowed), (posted.StatusCode, got.StatusCode));
        Assert.Equal("invalid_client_metadata", (string?)(await posted.Content.ReadFromJsonAsync<JsonObject>())!["error"]);
    }

    [Fact]
    public async Task A_body_that_is_none_is_refused()
    {
        await using var node = await StartAsync(RegistrationHouse.Rules(RegistrationMode.Open));
        foreach (var json in (string[])["", "[]", "{", """{"client_name":"a","client_name":"b"}""", $$"""{"x":"{{new string('x', 40_000)}}"}"""])
            (await node.SendAsync(HttpMethod.Post, RegistrationHouse.Endpoint, json, token: null)).IsRefused(400, "invalid_client_metadata");
    }

    private static async Task<TestNode> StartAsync(RegistrationRules rules)
    {
        var node = new TestNode { Registration = rules };
        await node.InitializeAsync();
        return node;
    }

    private static async Task<JsonObject> MetadataAsync(TestNode node) =>
        (await node.Auth.GetFromJsonAsync<JsonObject>("/.well-known/oauth-authorization-server"))!;

    private static async Task<string> DumpAsync(TestNode node)
    {
        await using var db = node.Database.Open();
        return string.Join('\n', await db.DynamicRegistrations.Select(row => row.Details).ToListAsync())
            + string.Join('\n', (await db.DynamicRegistrations.ToListAsync()).Select(row => System.Text.Encoding.ASCII.GetString(row.AccessTokenKey!)))
            + string.Join('\n', (await db.InitialAccessTokens.ToListAsync()).Select(row => System.Text.Encoding.ASCII.GetString(row.Key) + row.Label))
            + string.Join('\n', await db.AuditEvents.Select(row => row.Actor + row.Detail + row.Subject).ToListAsync());
    }
}
